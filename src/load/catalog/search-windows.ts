import type { PoolClient } from 'pg';
import type { LoadableSearchPage, Provenance } from '../../model/catalog.ts';
import type { Learn, PassOutcome, WindowState } from '../../model/learning.ts';
import { readSql } from '../sql-file.ts';
import { compareLooks, lookKey } from './looks.ts';

/** A locked search window. */
export interface SearchWindow {
  readonly windowId: string;
  readonly feed: string;
  readonly keyword: string;
  readonly categoryId: string;
  readonly state: WindowState;
}

interface WindowRow {
  readonly window_id: string;
  readonly feed: string;
  readonly keyword: string;
  readonly category_id: string;
  readonly next_page: number;
  readonly pass_started_at: Date | null;
  readonly is_pass_steady: boolean;
  readonly rows_seen: number;
  readonly total_records: number | null;
  readonly completed_at: Date | null;
  readonly last_outcome: PassOutcome | null;
  readonly complete_since: Date | null;
  readonly max_pages: number | null;
}

/** Locks the windows of the pages until the transaction ends. */
export async function lockWindows(
  client: PoolClient,
  pages: readonly LoadableSearchPage[],
): Promise<Map<string, SearchWindow>> {
  const ids = [...new Set(pages.map(({ windowId }) => windowId))];
  const { rows } = await client.query<WindowRow>(readSql('lock-search-windows'), [ids]);
  return new Map(
    rows.map((row) => [
      row.window_id,
      {
        windowId: row.window_id,
        feed: row.feed,
        keyword: row.keyword,
        categoryId: row.category_id,
        state: {
          nextPage: row.next_page,
          passStartedAt: row.pass_started_at,
          isPassSteady: row.is_pass_steady,
          rowsSeen: row.rows_seen,
          totalRecords: row.total_records,
          completedAt: row.completed_at,
          lastOutcome: row.last_outcome,
          completeSince: row.complete_since,
          maxPages: row.max_pages,
        },
      },
    ]),
  );
}

async function countNewIds(
  client: PoolClient,
  window: SearchWindow,
  page: LoadableSearchPage,
  offerIds: readonly string[],
): Promise<number> {
  const { passStartedAt } = window.state;
  if (page.page === 1 || passStartedAt === null || offerIds.length === 0) return offerIds.length;
  const { rows } = await client.query<{ listed: number }>(readSql('count-listed-offers'), [
    window.windowId,
    offerIds,
    passStartedAt,
  ]);
  return offerIds.length - (rows[0]?.listed ?? 0);
}

/** Books the page's rows; false when they were booked before. A page without any can't tell. */
export async function bookHits(
  client: PoolClient,
  window: SearchWindow,
  { record, provenance, page }: LoadableSearchPage,
): Promise<boolean> {
  if (record === null || record.rows.length === 0) return true;
  const rows = record.rows.map(({ offerId, rank }) => ({
    window_id: window.windowId,
    call_id: provenance.callId,
    observed_at: provenance.observedAt,
    page,
    rank,
    feed: window.feed,
    keyword: window.keyword,
    category_id: window.categoryId,
    offer_id: offerId,
  }));
  const booked = await client.query(readSql('insert-search-hits'), [JSON.stringify(rows)]);
  return (booked.rowCount ?? 0) > 0;
}

/** The window after the page. A page that opens a pass must be newer than the end of the last one. */
async function advance(
  client: PoolClient,
  window: SearchWindow,
  page: LoadableSearchPage,
  learn: Learn,
): Promise<WindowState> {
  const { record, provenance } = page;
  const offerIds = [...new Set((record?.rows ?? []).map(({ offerId }) => offerId))];
  const isNew = await bookHits(client, window, page);
  const newIdsInPass = await countNewIds(client, window, page, offerIds);
  await client.query(readSql('upsert-window-offers'), [window.windowId, offerIds, provenance.observedAt]);
  const { completedAt } = window.state;
  const isOpening = page.page === 1 && completedAt !== null;
  if (!isNew || (isOpening && provenance.observedAt <= completedAt)) return window.state;
  return learn.window(window.state, {
    page: page.page,
    pageSize: page.pageSize,
    observedAt: provenance.observedAt,
    // An unusable page ends the pass as an empty one does: asking again at once would not help.
    rowsInAnswer: record?.rowsInAnswer ?? 0,
    totalRecords: record?.totalRecords ?? null,
    newIdsInPass,
  });
}

/** A pass that ended as complete: what its window held before it, and it did not list, is not there any more. */
export interface CompletePass {
  readonly windowId: string;
  readonly since: Date;
  /** When the complete pass before it began. */
  readonly previousSince: Date | null;
  /** The call that completed it. */
  readonly provenance: Provenance;
}

/** Moves the cursors of locked windows over their pages, oldest first, and ends their leases. */
export async function advanceWindows(
  client: PoolClient,
  pages: readonly LoadableSearchPage[],
  windows: Map<string, SearchWindow>,
  learn: Learn,
): Promise<CompletePass[]> {
  const passes: CompletePass[] = [];
  const inOrder = pages.toSorted((a, b) => compareLooks(lookKey(a.provenance), lookKey(b.provenance)));
  for (const page of inOrder) {
    const window = windows.get(page.windowId);
    if (!window) continue;
    const state = await advance(client, window, page, learn);
    windows.set(page.windowId, { ...window, state });
    const { completeSince: since } = state;
    const previousSince = window.state.completeSince;
    if (since !== null && since.getTime() !== previousSince?.getTime())
      passes.push({ windowId: page.windowId, since, previousSince, provenance: page.provenance });
    await client.query(readSql('update-search-window'), [
      window.windowId,
      state.nextPage,
      state.passStartedAt,
      state.rowsSeen,
      state.totalRecords,
      state.completedAt,
      state.lastOutcome,
      page.provenance.callId,
      state.isPassSteady,
      state.completeSince,
    ]);
  }
  return passes;
}
