import type { PoolClient } from 'pg';
import type { LoadableSearchPage } from '../model/catalog.ts';
import type { PassOutcome, WindowShape, WindowState } from '../model/learning.ts';
import { readSql } from './read-sql.ts';

/** A locked search window. */
export interface SearchWindow {
  readonly windowId: string;
  /** The search that it is a part of; null: it is one of its own. */
  readonly parentId: string | null;
  readonly feed: string;
  readonly keyword: string;
  readonly categoryId: string;
  readonly shape: WindowShape;
  readonly state: WindowState;
}

interface WindowRow {
  readonly window_id: string;
  readonly parent_window_id: string | null;
  readonly feed: string;
  readonly keyword: string;
  readonly category_id: string;
  readonly price_min_cny: string | null;
  readonly price_max_cny: string | null;
  readonly is_split: boolean;
  readonly is_splittable: boolean;
  readonly next_page: number;
  readonly pass_started_at: Date | null;
  readonly is_pass_steady: boolean;
  readonly is_doubted: boolean;
  readonly rows_seen: number;
  readonly ids_listed: number;
  readonly new_offers: number;
  readonly changed_offers: number;
  readonly stale_pages: number;
  readonly total_records: number | null;
  readonly completed_at: Date | null;
  readonly last_outcome: PassOutcome | null;
  readonly last_reach: number | null;
  readonly last_new: number | null;
  readonly last_changed: number | null;
  readonly full_pass_at: Date | null;
  readonly saved_calls: number;
  readonly complete_since: Date | null;
  readonly max_pages: number | null;
}

function toState(row: WindowRow): WindowState {
  return {
    nextPage: row.next_page,
    passStartedAt: row.pass_started_at,
    isPassSteady: row.is_pass_steady,
    isDoubted: row.is_doubted,
    rowsSeen: row.rows_seen,
    idsListed: row.ids_listed,
    newOffers: row.new_offers,
    changedOffers: row.changed_offers,
    stalePages: row.stale_pages,
    totalRecords: row.total_records,
    completedAt: row.completed_at,
    lastOutcome: row.last_outcome,
    lastReach: row.last_reach,
    lastNew: row.last_new,
    lastChanged: row.last_changed,
    fullPassAt: row.full_pass_at,
    savedCalls: row.saved_calls,
    completeSince: row.complete_since,
    maxPages: row.max_pages,
  };
}

function toWindow(row: WindowRow): SearchWindow {
  return {
    windowId: row.window_id,
    parentId: row.parent_window_id,
    feed: row.feed,
    keyword: row.keyword,
    categoryId: row.category_id,
    shape: {
      band: { minCny: row.price_min_cny, maxCny: row.price_max_cny },
      isPart: row.parent_window_id !== null,
      isSplit: row.is_split,
      isSplittable: row.is_splittable,
    },
    state: toState(row),
  };
}

/** Locks the windows of the pages, and those that they are parts of, until the transaction ends. */
export async function lockWindows(
  client: PoolClient,
  pages: readonly LoadableSearchPage[],
): Promise<Map<string, SearchWindow>> {
  const ids = [...new Set(pages.map(({ windowId }) => windowId))];
  const { rows } = await client.query<WindowRow>(readSql('lock-search-windows'), [ids]);
  return new Map(rows.map((row) => [row.window_id, toWindow(row)]));
}

/** Writes the state of a locked window after a page that a call brought, and ends its lease. */
export async function writeWindow(
  client: PoolClient,
  { windowId, state }: SearchWindow,
  callId: string,
): Promise<void> {
  const row = {
    window_id: windowId,
    next_page: state.nextPage,
    pass_started_at: state.passStartedAt,
    is_pass_steady: state.isPassSteady,
    is_doubted: state.isDoubted,
    rows_seen: state.rowsSeen,
    ids_listed: state.idsListed,
    new_offers: state.newOffers,
    changed_offers: state.changedOffers,
    stale_pages: state.stalePages,
    total_records: state.totalRecords,
    completed_at: state.completedAt,
    last_outcome: state.lastOutcome,
    last_reach: state.lastReach,
    last_new: state.lastNew,
    last_changed: state.lastChanged,
    full_pass_at: state.fullPassAt,
    saved_calls: state.savedCalls,
    complete_since: state.completeSince,
  };
  await client.query(readSql('update-search-window'), [JSON.stringify(row), callId]);
}
