import type { PoolClient } from 'pg';
import { hourMs } from '../../core/duration.ts';
import type { LoadableSearchPage, Provenance, WindowAlarm } from '../../model/catalog.ts';
import type { Learn, PassOutcome, SplitDecision, WindowState } from '../../model/learning.ts';
import { applySql, runSql, runSqlForOne } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import { compareObservations, observationKey } from './offer-freshness.ts';
import { isOnSuspicion, listInWindow, writeWindow, type SearchWindow } from './window-rows.ts';
import { eq, max } from 'drizzle-orm';
import { drizzleOn } from '../../db/database.ts';
import { windowOffer } from '../../schema/search.ts';

/**
 * Passes over the parts of one search that began further apart show several lists. Parts become due together and are read side by side.
 * At a tenth, those of a large category would miss it; at ten times, prices move in between.
 */
const partsTogetherMs = hourMs;

async function countNewIds(
  client: PoolClient,
  window: SearchWindow,
  offerIds: readonly string[],
): Promise<number> {
  const { passStartedAt } = window.state;
  if (passStartedAt === null || offerIds.length === 0) return offerIds.length;
  const { listed } = await runSqlForOne<{ listed: number }>(client, readSql('count-listed-offers'), [
    window.windowId,
    offerIds,
    passStartedAt,
  ]);
  return offerIds.length - listed;
}

/**
 * The state of an ended pass, dated by its newest page, which need not be the last one if other searches share its answers. Dated by an
 * older page, the search would be due while its own pages still count as fresh, and would be requested again and again.
 */
async function dateEnd(
  client: PoolClient,
  { windowId, state: before }: SearchWindow,
  state: WindowState,
): Promise<WindowState> {
  const { completedAt } = state;
  if (completedAt === null || completedAt === before.completedAt) return state;
  const [found] = await drizzleOn(client)
    .select({ newest: max(windowOffer.lastSeenAt) })
    .from(windowOffer)
    .where(eq(windowOffer.windowId, windowId));
  const newest = found?.newest ?? completedAt;
  return newest > completedAt ? { ...state, completedAt: newest } : state;
}

/** A page whose rows are recorded. */
export interface BookedPage extends LoadableSearchPage {
  /** The rows were not recorded before; unknown for a page without rows. */
  readonly isNew: boolean;
}

/** Offers that a load added and changed, by id. */
export interface TouchedOffers {
  readonly added: ReadonlySet<string>;
  readonly changed: ReadonlySet<string>;
}

/** As `is-listing-suspect.sql` gives it. */
interface Listing {
  readonly isSuspect: boolean;
}

interface Advanced {
  readonly state: WindowState;
  readonly decision: SplitDecision;
}

function decideSplit({ shape }: SearchWindow, { page, record }: LoadableSearchPage, learn: Learn) {
  return learn.split(shape, {
    page,
    totalRecords: record?.totalRecords ?? null,
    prices: (record?.rows ?? []).flatMap(({ priceCny }) => (priceCny === null ? [] : [priceCny])),
  });
}

/**
 * The window after the page; null when that moves nothing. A page that opens a pass must be newer than the end of the
 * last one.
 */
async function advance(
  client: PoolClient,
  window: SearchWindow,
  page: BookedPage,
  { learn, listing }: { readonly learn: Learn; readonly listing: Listing },
): Promise<Advanced | null> {
  const { record, provenance } = page;
  const offerIds = [...new Set((record?.rows ?? []).map(({ offerId }) => offerId))];
  const newIdsInPass = await countNewIds(client, window, offerIds);
  await listInWindow(client, window, offerIds, provenance.observedAt);
  const { completedAt, nextPage } = window.state;
  const isOpening = page.page === 1 && completedAt !== null;
  if (!page.isNew || page.page !== nextPage || (isOpening && provenance.observedAt <= completedAt))
    return null;
  const decision = decideSplit(window, page, learn);
  const state = learn.window(window.state, {
    page: page.page,
    pageSize: page.pageSize,
    observedAt: provenance.observedAt,
    // An unusable page ends the pass like an empty one: another call right away would not help.
    rowsInAnswer: record?.rowsInAnswer ?? 0,
    totalRecords: record?.totalRecords ?? null,
    newIdsInPass,
    isSplit: decision.kind === 'split',
    isSuspect: listing.isSuspect,
  });
  return { state: await dateEnd(client, window, state), decision };
}

/** A pass that ended as complete: what the search held before, and the pass did not list, no longer belongs to it. */
export interface CompletePass {
  /** The window; for parts, the search that they belong to. */
  readonly windowId: string;
  readonly since: Date;
  /** When the complete pass before it began. */
  readonly previousSince: Date | null;
  /** The call that completed it. */
  readonly provenance: Provenance;
}

/** Effects of pages on their windows. */
export interface WindowChanges {
  readonly passes: CompletePass[];
  readonly alarms: WindowAlarm[];
  /** The pages that moved a cursor. */
  readonly moved: LoadableSearchPage[];
}

const isAlarming = (outcome: PassOutcome | null): outcome is 'truncated' | 'page_repeated' =>
  outcome === 'truncated' || outcome === 'page_repeated';

/** Raises each alarm once, until a pass ends differently. */
function alarmOf(window: SearchWindow, state: WindowState): WindowAlarm[] {
  const { windowId, feed, state: before } = window;
  const { lastOutcome, totalRecords, lastReach } = state;
  const isPending = state.completedAt !== before.completedAt && lastOutcome !== before.lastOutcome;
  if (isOnSuspicion(window) || !isPending || !isAlarming(lastOutcome)) return [];
  return [{ windowId, feed, outcome: lastOutcome, totalRecords, reach: lastReach }];
}

/** Replaces the window by its parts, or ends the parts. */
async function applySplit(
  client: PoolClient,
  { windowId, parentId, feed, shape }: SearchWindow,
  decision: SplitDecision,
): Promise<WindowAlarm[]> {
  switch (decision.kind) {
    case 'split': {
      const { parts } = decision;
      if (parts.length > 0) {
        const params = [windowId, parentId ?? windowId, JSON.stringify(parts)];
        await applySql(client, readSql('split-search-window'), params);
      }
      return [];
    }
    case 'whole':
      if (shape.isSplit) await applySql(client, readSql('join-search-window'), [windowId, true]);
      return [];
    case 'ignored':
      if (parentId === null) return [];
      await applySql(client, readSql('join-search-window'), [parentId, false]);
      return [{ windowId: parentId, feed, outcome: 'bounds_ignored', totalRecords: null, reach: null }];
  }
}

/** Whether the page completed the list of its search: by the window's own pass, or as the last of its parts. */
async function completedBy(
  client: PoolClient,
  window: SearchWindow,
  before: WindowState,
  windows: Map<string, SearchWindow>,
): Promise<Omit<CompletePass, 'provenance'>[]> {
  const { windowId, parentId, state } = window;
  const { completeSince: since } = state;
  const previousSince = before.completeSince;
  if (isOnSuspicion(window) || since === null || since.getTime() === previousSince?.getTime()) return [];
  const whole = parentId === null ? undefined : windows.get(parentId);
  if (!whole) return [{ windowId, since, previousSince }];
  const rows = await runSql<{ completeSince: Date }>(client, readSql('complete-split-window'), [
    whole.windowId,
    partsTogetherMs,
  ]);
  const wholeSince = rows[0]?.completeSince;
  if (!wholeSince) return [];
  windows.set(whole.windowId, { ...whole, state: { ...whole.state, completeSince: wholeSince } });
  return [{ windowId: whole.windowId, since: wholeSince, previousSince: whole.state.completeSince }];
}

/** Moves the cursors of locked windows over their pages, oldest first, splits what is too large, and ends leases. */
export async function advanceWindows(
  client: PoolClient,
  pages: readonly BookedPage[],
  windows: Map<string, SearchWindow>,
  learn: Learn,
): Promise<WindowChanges> {
  const changes: WindowChanges = { passes: [], alarms: [], moved: [] };
  const listing = await runSqlForOne<Listing>(client, readSql('is-listing-suspect'));
  const inOrder = pages.toSorted((a, b) =>
    compareObservations(observationKey(a.provenance), observationKey(b.provenance)),
  );
  for (const page of inOrder) {
    const window = windows.get(page.windowId);
    if (!window) continue;
    const { provenance } = page;
    const advanced = await advance(client, window, page, { learn, listing });
    const after = { ...window, state: advanced?.state ?? window.state };
    windows.set(page.windowId, after);
    await writeWindow(client, after, provenance.callId);
    if (!advanced) continue;
    changes.moved.push(page);
    changes.alarms.push(...alarmOf(window, after.state));
    changes.alarms.push(...(await applySplit(client, window, advanced.decision)));
    const passes = await completedBy(client, after, window.state, windows);
    changes.passes.push(...passes.map((pass) => ({ ...pass, provenance })));
  }
  return changes;
}

/** Records what pages that moved cursors showed, which may stop their passes. */
export async function noteYields(
  client: PoolClient,
  moved: readonly LoadableSearchPage[],
  windows: Map<string, SearchWindow>,
  { counters, learn }: { readonly counters: TouchedOffers; readonly learn: Learn },
): Promise<void> {
  for (const { windowId, page, pageSize, provenance, record } of moved) {
    const window = windows.get(windowId);
    if (!window) continue;
    const offerIds = [...new Set((record?.rows ?? []).map(({ offerId }) => offerId))];
    const newOffers = offerIds.filter((id) => counters.added.has(id)).length;
    const changedOffers = offerIds.filter((id) => !counters.added.has(id) && counters.changed.has(id)).length;
    const { observedAt, callId } = provenance;
    const { isPart } = window.shape;
    const found = { page, pageSize, observedAt, newOffers, changedOffers, isPart };
    const state = await dateEnd(client, window, learn.yield(window.state, found));
    const after = { ...window, state };
    windows.set(windowId, after);
    await writeWindow(client, after, callId);
  }
}
