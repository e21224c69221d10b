import type { LoadableAnswer, LoadableSearchPage } from '../../model/catalog.ts';
import type { OfferObservation } from '../../model/learning.ts';
import type { SearchRow } from '../../model/records.ts';
import { joinFeeds, listByFeed } from '../../load/join-feeds.ts';
import {
  isOlder,
  newest,
  uniqueBy,
  type ObservationKey,
  type OfferFreshness,
} from '../../load/offer-freshness.ts';
import { lockOffers, observationId, writeFreshness } from '../../load/freshness-rows.ts';
import {
  listRows,
  toObservation,
  toOfferRow,
  toPriceRows,
  toUnreadPriceRows,
  type RowObservation,
} from '../../load/search-rows.ts';
import { recordHits } from '../../load/search-windows.ts';
import { updateRefreshStats } from '../../load/refresh-stats.ts';
import { lockWindows, type SearchWindow } from '../../load/window-rows.ts';
import { readSql as readLoadSql } from '../../load/read-sql.ts';
import { correctFreshness, type RecordedObservation } from './correct-freshness.ts';
import type { CorrectionDeps } from './correction.ts';
import { agreesWith, type PriceInterval } from './price-fold.ts';
import { readPriceIntervals, writePriceDiffs } from './price-intervals.ts';
import { replayPrices } from './replay-prices.ts';

const isBooked = (
  booked: ReadonlyMap<string, RecordedObservation>,
  { offerId, provenance }: RowObservation,
) => booked.get(observationId(offerId, provenance.callId));

/** Pages with rows that nobody could read before: their windows list more offers than was known. */
async function recordNewRows(
  { client }: CorrectionDeps,
  pages: readonly LoadableSearchPage[],
  newRows: readonly RowObservation[],
  windows: ReadonlyMap<string, SearchWindow>,
): Promise<void> {
  for (const page of pages) {
    const window = windows.get(page.windowId);
    const ids = newRows
      .filter(({ provenance }) => provenance.callId === page.provenance.callId)
      .map(({ offerId }) => offerId);
    if (!window || ids.length === 0) continue;
    await recordHits(client, window, page);
    await client.query(readLoadSql('upsert-window-offers'), [page.windowId, ids, page.provenance.observedAt]);
  }
}

async function findDoubtful(
  { client }: CorrectionDeps,
  rows: readonly RowObservation[],
  booked: ReadonlyMap<string, RecordedObservation>,
): Promise<Map<string, readonly PriceInterval[]>> {
  const ids = [...new Set(rows.map(({ offerId }) => offerId))];
  const intervals = await readPriceIntervals(client, ids, 'search');
  const doubtful = rows.filter((observation) => {
    const known = isBooked(booked, observation);
    if (known === undefined) return true;
    if (known.isLate) return false;
    const statement = { prices: toPriceRows(observation), unread: toUnreadPriceRows(observation) };
    return !agreesWith(intervals.get(observation.offerId) ?? [], { ...observation.key, ...statement });
  });
  return new Map(doubtful.map(({ offerId }) => [offerId, intervals.get(offerId) ?? []]));
}

const firstRow = ({ at }: ObservationKey, { monthSold }: SearchRow): OfferObservation => ({
  kind: 'row',
  at,
  monthSold,
  isPriceChanged: false,
  isDateMoved: false,
});

/** What search rows say of offers, of those whose newest row is in the batch. */
async function correctOffers(
  { client, correction, statsUpdate }: CorrectionDeps,
  rows: readonly RowObservation[],
  freshness: Map<string, OfferFreshness>,
): Promise<void> {
  for (const { offerId, key, row } of rows) {
    const known = freshness.get(offerId);
    if (!known) continue;
    const refreshStats =
      known.summary === null
        ? updateRefreshStats(statsUpdate, known, firstRow(key, row))
        : known.refreshStats;
    freshness.set(offerId, { ...known, summary: newest(key, known.summary), refreshStats });
  }
  const newestRows = uniqueBy(
    rows.filter(({ offerId, key }) => freshness.get(offerId)?.summary?.callId === key.callId),
    ({ offerId }) => offerId,
  );
  const written = await client.query<{ offer_id: string }>(readLoadSql('merge-search-rows'), [
    JSON.stringify(newestRows.map((observation) => toOfferRow(observation, freshness))),
  ]);
  for (const row of written.rows) correction.offers.add(row.offer_id);
}

/**
 * Makes the catalog what today's code reads in stored search pages, as `correctDetails` does. The cursors of windows stay
 * where they are. Locks windows, then offers.
 */
export async function correctSearchPages(
  deps: CorrectionDeps,
  pages: readonly LoadableSearchPage[],
  hand: ReadonlyMap<string, LoadableAnswer>,
): Promise<void> {
  const { client } = deps;
  const listed = listRows(pages);
  if (listed.length === 0) return;
  const windows = await lockWindows(client, pages);
  const freshness = await lockOffers(client, listed);
  // Offers of erased sellers have no observations.
  const rows = listed.filter(({ offerId }) => freshness.has(offerId));
  const booked = await correctFreshness(
    deps,
    rows.map((observation) =>
      toObservation(
        observation,
        isOlder(observation.key, freshness.get(observation.offerId)?.summary ?? null),
      ),
    ),
  );
  await recordNewRows(
    deps,
    pages,
    rows.filter((observation) => !isBooked(booked, observation)),
    windows,
  );
  await correctOffers(deps, rows, freshness);
  const replayed = await replayPrices(deps, 'search', await findDoubtful(deps, rows, booked), hand);
  await writePriceDiffs(client, new Map(replayed.map(({ offerId, diff }) => [offerId, diff])));
  await joinFeeds(client, listByFeed(pages, windows), freshness);
  await writeFreshness(client, freshness, { wasAskedFor: false, statsUpdate: deps.statsUpdate });
}
