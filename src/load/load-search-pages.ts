import type { PoolClient } from 'pg';
import type { LoadableSearchPage, WindowAlarm } from '../model/catalog.ts';
import { findAbsent, markAbsent, type Absence } from './absence.ts';
import { compareRows, type Moved } from './compare-rows.ts';
import { joinFeeds, listByFeed } from '../refresh/update/join-feeds.ts';
import type { LoadContext } from './load-context.ts';
import { inRounds, isOlder } from '../refresh/update/offer-freshness.ts';
import { mergeLatePrices } from './merge-late-prices.ts';
import { mergeRows, type RowMerge } from './merge-rows.ts';
import { placeFirstRows } from './place-first-rows.ts';
import { placeRows } from './place-rows.ts';
import { insertObservations, observationId } from './observation-rows.ts';
import { lockOffers, writeFreshness } from '../refresh/update/freshness-rows.ts';
import { recordNewRows, replaySearchRows } from './replay-search-rows.ts';
import {
  listRows,
  toLateAnswer,
  toObservation,
  toPriceRows,
  toUnreadPriceRows,
  type RowObservation,
} from './search-rows.ts';
import { recordHits } from './search-hits.ts';
import {
  advanceWindows,
  noteYields,
  type BookedPage,
  type WindowChanges,
} from '../refresh/update/search-windows.ts';
import { countPrices, countReplayed, type LoadCounters } from './load-counters.ts';
import { mergePrices } from './merge-prices.ts';
import { updateRefreshStats } from '../refresh/update/refresh-stats.ts';
import { leaveOutUnknown, sightPages } from '../refresh/update/shop-pages.ts';
import { sightShop } from '../refresh/update/shop-sightings.ts';
import { valueWindows } from '../refresh/update/value-windows.ts';
import { lockWindows, type SearchWindow } from '../refresh/update/window-rows.ts';

const unmoved: Moved = { prices: new Set(), dates: new Set() };

interface BookedRound {
  /** Rows that are the newest of their offers and were not loaded before. */
  readonly newest: readonly RowObservation[];
  /** Rows that were not loaded before, but newer ones were. */
  readonly late: readonly RowObservation[];
  /** Loaded before. */
  readonly again: readonly RowObservation[];
}

async function recordRound(
  { context, freshness }: RowMerge,
  round: readonly RowObservation[],
): Promise<BookedRound> {
  const booked = await insertObservations(context.client, round.map(toObservation));
  const isFresh = ({ offerId, key }: RowObservation) => booked.has(observationId(offerId, key.callId));
  const fresh = round.filter(isFresh);
  const isOvertaken = ({ offerId, key }: RowObservation) =>
    isOlder(key, freshness.get(offerId)?.summary ?? null);
  return {
    newest: fresh.filter((observation) => !isOvertaken(observation)),
    late: fresh.filter(isOvertaken),
    again: round.filter((observation) => !isFresh(observation)),
  };
}

async function mergeRound(merge: RowMerge, newest: readonly RowObservation[]): Promise<Moved> {
  if (newest.length === 0) return unmoved;
  const { context, counters } = merge;
  const dates = await mergeRows(merge, newest);
  // A replay merges whole histories, and reports how they differ.
  if (context.replay !== null) return { ...unmoved, dates };
  const changes = await mergePrices(
    context.client,
    newest.map(({ offerId, key }) => ({
      offer_id: offerId,
      call_id: key.callId,
      at: key.at,
      is_search: true,
    })),
    { prices: newest.flatMap(toPriceRows), unread: newest.flatMap(toUnreadPriceRows) },
  );
  countPrices(counters, changes);
  const quoted = changes.filter((row) => row.is_quote_changed);
  return { prices: new Set(quoted.map((row) => row.offer_id)), dates };
}

/** Merges a round and learns from it. Returns the rows that are still to be placed in the history. */
async function loadRound(merge: RowMerge, round: readonly RowObservation[]): Promise<BookedRound> {
  const { context, freshness, counters } = merge;
  const { statsUpdate, replay } = context;
  const booked = await recordRound(merge, round);
  const before = new Map(freshness);
  for (const { offerId, key } of booked.newest) {
    const prior = before.get(offerId);
    if (!prior) continue;
    counters.seen.add(offerId);
    if (prior.summary === null) counters.completed.add(offerId);
    freshness.set(offerId, { ...prior, summary: key });
  }
  const moved = await mergeRound(merge, booked.newest);
  const toOfferObservation = await compareRows(context, booked.newest, moved, before);
  for (const observation of booked.newest) {
    const { offerId } = observation;
    const prior = before.get(offerId);
    if (!prior) continue;
    const learned = toOfferObservation(observation);
    if (replay === null) sightShop(statsUpdate, { offerId, before: prior }, learned);
    // The statistics already contain an answer that is read again, unless its offer was not known.
    const isCounted = replay === null || prior.summary === null;
    const refreshStats = isCounted ? updateRefreshStats(statsUpdate, prior, learned) : prior.refreshStats;
    freshness.set(offerId, { ...prior, summary: observation.key, refreshStats });
  }
  return booked;
}

interface Pages {
  readonly pages: readonly LoadableSearchPage[];
  /** The same pages, with the rows that are loaded. */
  readonly known: readonly LoadableSearchPage[];
}

async function bookPages(
  client: PoolClient,
  { pages, known }: Pages,
  windows: ReadonlyMap<string, SearchWindow>,
): Promise<BookedPage[]> {
  const booked: BookedPage[] = [];
  for (const [nth, page] of pages.entries()) {
    const window = windows.get(page.windowId);
    if (window) booked.push({ ...page, isNew: await recordHits(client, window, known[nth] ?? page) });
  }
  return booked;
}

/** Pages that are read again change nothing in their windows. */
const noChanges: WindowChanges = { passes: [], alarms: [], moved: [] };

async function mergePages(
  merge: RowMerge,
  rows: readonly RowObservation[],
  bookRows: (fresh: readonly RowObservation[]) => Promise<void>,
): Promise<void> {
  const { context, counters } = merge;
  const late: RowObservation[] = [];
  const again: RowObservation[] = [];
  const read: RowObservation[] = [];
  const rounds = inRounds(
    rows,
    ({ offerId }) => offerId,
    ({ key }) => key,
  );
  for (const round of rounds) {
    const booked = await loadRound(merge, round);
    late.push(...booked.late, ...(context.replay === null ? [] : booked.newest));
    again.push(...booked.again);
    read.push(...booked.late, ...booked.newest, ...booked.again);
  }
  await placeRows(merge, late, { isAgain: false });
  await placeFirstRows(merge, read);
  if (context.replay === null)
    countReplayed(counters, await mergeLatePrices(context, 'search', late.map(toLateAnswer)));
  else {
    await bookRows(late);
    await replaySearchRows(merge, context.replay, { late, again });
  }
}

/**
 * Loads search pages: the offers that they list, as far as no detail answer knows better, and the cursors of their windows. Offers that a
 * complete pass should have listed and did not become missing. Locks windows first, then offers.
 *
 * @returns passes that show that a search does not hold what it says
 */
export async function loadSearchPages(
  context: LoadContext,
  pages: readonly LoadableSearchPage[],
  counters: LoadCounters,
): Promise<WindowAlarm[]> {
  const { client, statsUpdate, replay } = context;
  const { learn } = statsUpdate;
  const windows = await lockWindows(client, pages);
  const windowsBefore = new Map(windows);
  const known = await leaveOutUnknown(client, pages, windows);
  const { passes, alarms, moved } =
    replay === null
      ? await advanceWindows(client, await bookPages(client, { pages, known }, windows), windows, learn)
      : noChanges;
  const absent: readonly Absence[] = await findAbsent(client, passes);
  const listed = listRows(known);
  const freshness = await lockOffers(client, [...listed, ...absent]);
  // Offers of erased sellers have no observations.
  const rows = listed.filter(({ offerId }) => freshness.has(offerId));
  await mergePages({ context, counters, freshness }, rows, (fresh) =>
    recordNewRows(client, known, fresh, windows),
  );
  await markAbsent(client, absent, freshness);
  const isNew = (offerId: string) => counters.added.has(offerId);
  if (replay === null) {
    sightPages(statsUpdate, pages, windows);
    await valueWindows(client, { pages, windows: windowsBefore, freshness, isNew }, statsUpdate);
  }
  await joinFeeds(client, listByFeed(pages, windows), freshness);
  await writeFreshness(client, freshness, { wasAskedFor: false, statsUpdate });
  await noteYields(client, moved, windows, { counters, learn });
  return alarms;
}
