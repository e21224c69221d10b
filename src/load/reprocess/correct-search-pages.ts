import type { LoadableAnswer, LoadableSearchPage } from '../../model/catalog.ts';
import type { OfferLook } from '../../model/learning.ts';
import type { SearchRow } from '../../model/records.ts';
import { joinFeeds, listByFeed } from '../catalog/join-feeds.ts';
import { isOlder, newest, uniqueBy, type LookKey, type OfferLooks } from '../catalog/looks.ts';
import { lockOffers, lookId, writeLooks } from '../catalog/offer-looks.ts';
import {
  listRows,
  toObservation,
  toOfferRow,
  toPriceRows,
  toUnreadPriceRows,
  type RowLook,
} from '../catalog/search-rows.ts';
import { bookHits } from '../catalog/search-windows.ts';
import { teach } from '../catalog/teaching.ts';
import { lockWindows, type SearchWindow } from '../catalog/window-rows.ts';
import { readSql } from '../sql-file.ts';
import { correctLooks, type BookedLook } from './correct-looks.ts';
import type { CorrectionDeps } from './correction.ts';
import { agreesWith, type PriceInterval } from './price-fold.ts';
import { readPriceIntervals, writePriceDiffs } from './price-intervals.ts';
import { retellPrices } from './retell-prices.ts';

const isBooked = (booked: ReadonlyMap<string, BookedLook>, { offerId, provenance }: RowLook) =>
  booked.get(lookId(offerId, provenance.callId));

/** Pages with rows that nobody could read before: their windows list more offers than was known. */
async function bookNewRows(
  { client }: CorrectionDeps,
  pages: readonly LoadableSearchPage[],
  newRows: readonly RowLook[],
  windows: ReadonlyMap<string, SearchWindow>,
): Promise<void> {
  for (const page of pages) {
    const window = windows.get(page.windowId);
    const ids = newRows
      .filter(({ provenance }) => provenance.callId === page.provenance.callId)
      .map(({ offerId }) => offerId);
    if (!window || ids.length === 0) continue;
    await bookHits(client, window, page);
    await client.query(readSql('upsert-window-offers'), [page.windowId, ids, page.provenance.observedAt]);
  }
}

async function findDoubtful(
  { client }: CorrectionDeps,
  rows: readonly RowLook[],
  booked: ReadonlyMap<string, BookedLook>,
): Promise<Map<string, readonly PriceInterval[]>> {
  const ids = [...new Set(rows.map(({ offerId }) => offerId))];
  const intervals = await readPriceIntervals(client, ids, 'search');
  const doubtful = rows.filter((look) => {
    const known = isBooked(booked, look);
    if (known === undefined) return true;
    if (known.isLate) return false;
    const statement = { prices: toPriceRows(look), unread: toUnreadPriceRows(look) };
    return !agreesWith(intervals.get(look.offerId) ?? [], { ...look.key, ...statement });
  });
  return new Map(doubtful.map(({ offerId }) => [offerId, intervals.get(offerId) ?? []]));
}

const firstRow = ({ at }: LookKey, { monthSold }: SearchRow): OfferLook => ({
  kind: 'row',
  at,
  monthSold,
  isPriceChanged: false,
  isDateMoved: false,
});

/** What search rows say of offers, of those whose newest row is in the batch. */
async function correctOffers(
  { client, correction, teaching }: CorrectionDeps,
  rows: readonly RowLook[],
  looks: Map<string, OfferLooks>,
): Promise<void> {
  for (const { offerId, key, row } of rows) {
    const known = looks.get(offerId);
    if (!known) continue;
    const taught = known.summary === null ? teach(teaching, known, firstRow(key, row)) : known.taught;
    looks.set(offerId, { ...known, summary: newest(key, known.summary), taught });
  }
  const newestRows = uniqueBy(
    rows.filter(({ offerId, key }) => looks.get(offerId)?.summary?.callId === key.callId),
    ({ offerId }) => offerId,
  );
  const written = await client.query<{ offer_id: string }>(readSql('merge-search-rows'), [
    JSON.stringify(newestRows.map((look) => toOfferRow(look, looks))),
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
  const looks = await lockOffers(client, listed);
  // Offers of erased sellers have no looks.
  const rows = listed.filter(({ offerId }) => looks.has(offerId));
  const booked = await correctLooks(
    deps,
    rows.map((look) => toObservation(look, isOlder(look.key, looks.get(look.offerId)?.summary ?? null))),
  );
  await bookNewRows(
    deps,
    pages,
    rows.filter((look) => !isBooked(booked, look)),
    windows,
  );
  await correctOffers(deps, rows, looks);
  const retold = await retellPrices(deps, 'search', await findDoubtful(deps, rows, booked), hand);
  await writePriceDiffs(client, new Map(retold.map(({ offerId, diff }) => [offerId, diff])));
  await joinFeeds(client, listByFeed(pages, windows), looks);
  await writeLooks(client, looks, { wasAskedFor: false, teaching: deps.teaching });
}
