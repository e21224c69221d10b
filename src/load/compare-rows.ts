import { and, inArray, ne } from 'drizzle-orm';
import type { OfferObservation } from '../model/learning.ts';
import { drizzleOn } from '../db/database.ts';
import { runSql } from '../db/sql-file.ts';
import { offer } from '../schema/catalog.ts';
import type { LoadContext } from './load-context.ts';
import type { OfferFreshness } from '../refresh/update/offer-freshness.ts';
import { readSql } from './read-sql.ts';
import type { RowObservation } from './search-rows.ts';

/** Offers whose rows show another price, or another date of modification, than the rows before. */
export interface Moved {
  readonly prices: ReadonlySet<string>;
  readonly dates: ReadonlySet<string>;
}

type Row = Extract<OfferObservation, { kind: 'row' }>;

/** Compares rows with what was known, as input for learning. */
export type ToOfferObservation = (observation: RowObservation) => Row;

/** True when a complete pass did not list the offer, and nothing has listed it since. */
const hadLeft = ({ absent, summary }: OfferFreshness): boolean =>
  absent !== null && summary !== null && summary.at < absent.at;

/** Whether rows show the prices of the newest details, if these came between a row and the one before it. */
async function comparePrices(
  { client }: LoadContext,
  rows: readonly RowObservation[],
  { prices }: Moved,
  before: ReadonlyMap<string, OfferFreshness>,
): Promise<Map<string, boolean | null>> {
  const pairs = rows.flatMap(({ offerId, key }) => {
    const { summary, detail } = before.get(offerId) ?? { summary: null, detail: null };
    const isBetween = summary !== null && detail !== null && detail.at > summary.at;
    return isBetween && prices.has(offerId) ? [{ offerId, at: key.at, rowAt: summary.at }] : [];
  });
  if (pairs.length === 0) return new Map();
  const found = await runSql<{ offerId: string; isSame: boolean | null }>(
    client,
    readSql('compare-row-prices'),
    [JSON.stringify(pairs)],
  );
  return new Map(found.map(({ offerId, isSame }) => [offerId, isSame]));
}

/** Offers not known to be on sale that are back in a list that they had left, or were modified. */
async function listReturned(
  { client }: LoadContext,
  rows: readonly RowObservation[],
  { dates }: Moved,
  before: ReadonlyMap<string, OfferFreshness>,
): Promise<Set<string>> {
  const ids = rows.flatMap(({ offerId }) => {
    const prior = before.get(offerId);
    return dates.has(offerId) || (prior && hadLeft(prior)) ? [offerId] : [];
  });
  if (ids.length === 0) return new Set();
  const found = await drizzleOn(client)
    .select({ offerId: offer.offerId })
    .from(offer)
    .where(and(inArray(offer.offerId, ids), ne(offer.state, 'listed')));
  return new Set(found.map(({ offerId }) => offerId));
}

/** Compares merged rows with what was known before them. */
export async function compareRows(
  context: LoadContext,
  rows: readonly RowObservation[],
  moved: Moved,
  before: ReadonlyMap<string, OfferFreshness>,
): Promise<ToOfferObservation> {
  const isSame = await comparePrices(context, rows, moved, before);
  const returned = await listReturned(context, rows, moved, before);
  return ({ offerId, key, row }) => ({
    kind: 'row',
    at: key.at,
    monthSold: row.monthSold,
    isPriceChanged: moved.prices.has(offerId),
    isPriceOfDetail: isSame.get(offerId) ?? null,
    modifiedAt:
      moved.dates.has(offerId) && row.sourceModifiedAt !== null ? new Date(row.sourceModifiedAt) : null,
    isReturned: returned.has(offerId),
  });
}
