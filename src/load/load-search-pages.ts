import type { PoolClient } from 'pg';
import type { LoadableSearchPage, WindowAlarm } from '../model/catalog.ts';
import { readSql } from './read-sql.ts';
import { findAbsent, markAbsent } from './absence.ts';
import { joinFeeds, listByFeed } from './join-feeds.ts';
import { inRounds, isNewer, type OfferFreshness } from './offer-freshness.ts';
import { insertObservations, lockOffers, observationId, writeFreshness } from './freshness-rows.ts';
import {
  listRows,
  toObservation,
  toOfferRow,
  toPriceRows,
  toUnreadPriceRows,
  type RowObservation,
} from './search-rows.ts';
import { advanceWindows, noteYields } from './search-windows.ts';
import { mergePrices, countOffers, type LoadCounters, type WrittenOffer } from './load-counters.ts';
import { updateRefreshStats, type RefreshStatsUpdate } from './refresh-stats.ts';
import { valueWindows } from './value-windows.ts';
import { lockWindows } from './window-rows.ts';

interface WrittenRow extends WrittenOffer {
  readonly is_date_moved: boolean;
}

/** Offers whose rows show another price, and another date of modification, than their rows before. */
interface Moved {
  readonly prices: ReadonlySet<string>;
  readonly dates: ReadonlySet<string>;
}

/** Books the round's rows; gives those that were not loaded before and are the newest of their offers. */
async function recordRound(
  client: PoolClient,
  round: readonly RowObservation[],
  freshness: ReadonlyMap<string, OfferFreshness>,
): Promise<RowObservation[]> {
  const isNewest = ({ offerId, key }: RowObservation) =>
    isNewer(key, freshness.get(offerId)?.summary ?? null);
  const fresh = await insertObservations(
    client,
    round.map((observation) => toObservation(observation, !isNewest(observation))),
  );
  return round.filter(
    (observation) =>
      fresh.has(observationId(observation.offerId, observation.provenance.callId)) && isNewest(observation),
  );
}

async function mergeRound(
  client: PoolClient,
  newest: readonly RowObservation[],
  {
    freshness,
    counters,
  }: { readonly freshness: ReadonlyMap<string, OfferFreshness>; readonly counters: LoadCounters },
): Promise<Moved> {
  if (newest.length === 0) return { prices: new Set(), dates: new Set() };
  const { rows } = await client.query<WrittenRow>(readSql('merge-search-rows'), [
    JSON.stringify(newest.map((observation) => toOfferRow(observation, freshness))),
  ]);
  countOffers(counters, rows);
  const prices = await mergePrices(
    client,
    newest.map(({ offerId, key }) => ({
      offer_id: offerId,
      call_id: key.callId,
      at: key.at,
      is_search: true,
    })),
    { prices: newest.flatMap(toPriceRows), unread: newest.flatMap(toUnreadPriceRows) },
    counters,
  );
  const dates = rows.filter((row) => row.is_date_moved).map((row) => row.offer_id);
  return { prices, dates: new Set(dates) };
}

interface Rows {
  readonly freshness: Map<string, OfferFreshness>;
  readonly counters: LoadCounters;
  readonly statsUpdate: RefreshStatsUpdate;
}

/** Merges a round and learns from it. */
async function loadRound(client: PoolClient, round: readonly RowObservation[], rows: Rows): Promise<void> {
  const { freshness, counters, statsUpdate } = rows;
  const newest = await recordRound(client, round, freshness);
  const before = new Map(freshness);
  for (const { offerId, key } of newest) {
    const prior = before.get(offerId);
    if (!prior) continue;
    counters.seen.add(offerId);
    if (prior.summary === null) counters.completed.add(offerId);
    freshness.set(offerId, { ...prior, summary: key });
  }
  const moved = await mergeRound(client, newest, rows);
  for (const { offerId, key, row } of newest) {
    const prior = before.get(offerId);
    if (!prior) continue;
    const refreshStats = updateRefreshStats(statsUpdate, prior, {
      kind: 'row',
      at: key.at,
      monthSold: row.monthSold,
      isPriceChanged: moved.prices.has(offerId),
      isDateMoved: moved.dates.has(offerId),
    });
    freshness.set(offerId, { ...prior, summary: key, refreshStats });
  }
}

/**
 * Loads search pages: the offers they list, as far as no detail answer knows better, and the cursors of their
 * windows. Offers that a complete pass should have listed and did not are missing. Locks windows first, then offers.
 *
 * @returns passes that show that a search is not what it says
 */
export async function loadSearchPages(
  client: PoolClient,
  pages: readonly LoadableSearchPage[],
  { counters, statsUpdate }: { readonly counters: LoadCounters; readonly statsUpdate: RefreshStatsUpdate },
): Promise<WindowAlarm[]> {
  const { learn } = statsUpdate;
  const windows = await lockWindows(client, pages);
  const windowsBefore = new Map(windows);
  const { passes, alarms, moved } = await advanceWindows(client, pages, windows, learn);
  const absent = await findAbsent(client, passes);
  const listed = listRows(pages);
  const freshness = await lockOffers(client, [...listed, ...absent]);
  // Offers of erased sellers have no observations.
  const rows = listed.filter(({ offerId }) => freshness.has(offerId));
  const rounds = inRounds(
    rows,
    ({ offerId }) => offerId,
    ({ key }) => key,
  );
  for (const round of rounds) await loadRound(client, round, { freshness, counters, statsUpdate });
  await markAbsent(client, absent, freshness);
  const isNew = (offerId: string) => counters.added.has(offerId);
  await valueWindows(client, { pages, windows: windowsBefore, freshness, isNew }, statsUpdate);
  await joinFeeds(client, listByFeed(pages, windows), freshness);
  await writeFreshness(client, freshness, { wasAskedFor: false, statsUpdate });
  await noteYields(client, moved, windows, { counters, learn });
  return alarms;
}
