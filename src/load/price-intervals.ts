import type { PoolClient } from 'pg';
import { readSql } from './read-sql.ts';
import { compareObservations, type ObservationKey } from '../refresh/update/offer-freshness.ts';
import type { PriceRow } from './merge-prices.ts';
import { runSql } from '../db/sql-file.ts';

/** A price of an offer over a time: a row of `catalog.price_history` or, if open, of `catalog.price`. */
export interface PriceInterval {
  readonly skuId: string;
  readonly kind: string;
  readonly minQuantity: number;
  /** Without trailing zeros: `13.9`. */
  readonly amountCny: string;
  readonly validFrom: Date;
  /** Null: it is current. */
  readonly validTo: Date | null;
  readonly callId: string;
  readonly closedByCallId: string | null;
}

interface IntervalRow {
  readonly offer_id: string;
  readonly sku_id: string;
  readonly kind: string;
  readonly min_quantity: number;
  readonly amount_cny: string;
  readonly valid_from: Date;
  readonly valid_to: Date | null;
  readonly call_id: string;
  readonly closed_by_call_id: string | null;
}

/** The prices of search rows, or all others. */
export type PriceSource = 'search' | 'detail';

/** Every interval of the prices of some offers; offers without any are left out. */
export async function readPriceIntervals(
  client: PoolClient,
  offerIds: readonly string[],
  source: PriceSource,
): Promise<Map<string, PriceInterval[]>> {
  if (offerIds.length === 0) return new Map();
  const rows = await runSql<IntervalRow>(client, readSql('read-price-intervals'), [
    offerIds,
    source === 'search',
  ]);
  const byOffer = new Map<string, PriceInterval[]>();
  for (const row of rows) {
    const interval: PriceInterval = {
      skuId: row.sku_id,
      kind: row.kind,
      minQuantity: row.min_quantity,
      amountCny: row.amount_cny,
      validFrom: row.valid_from,
      validTo: row.valid_to,
      callId: row.call_id,
      closedByCallId: row.closed_by_call_id,
    };
    const known = byOffer.get(row.offer_id);
    if (known) known.push(interval);
    else byOffer.set(row.offer_id, [interval]);
  }
  return byOffer;
}

const pointOf = (price: Pick<PriceInterval, 'skuId' | 'kind' | 'minQuantity'>): string =>
  `${price.skuId}/${price.kind}/${String(price.minQuantity)}`;

/** An amount without trailing zeros, so that equal amounts are equal texts: `13.90` is `13.9`. */
const plainAmount = (amount: string): string =>
  amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount;

function holdsAt(
  { validFrom, validTo, callId, closedByCallId }: PriceInterval,
  key: ObservationKey,
): boolean {
  const isBegun = compareObservations({ at: validFrom, callId }, key) <= 0;
  const isEnded =
    validTo !== null &&
    closedByCallId !== null &&
    compareObservations({ at: validTo, callId: closedByCallId }, key) <= 0;
  return isBegun && !isEnded;
}

/**
 * Whether the intervals that hold right after an answer are exactly the prices that it states. False if a price continues because the
 * answer does not state it readably: only a replay can decide.
 */
export function isConfirmedBy(
  intervals: readonly PriceInterval[],
  key: ObservationKey,
  prices: readonly PriceRow[],
): boolean {
  const held = intervals.filter((interval) => holdsAt(interval, key));
  const amounts = new Map(held.map((interval) => [pointOf(interval), interval.amountCny]));
  return (
    held.length === prices.length &&
    prices.every(
      (row) =>
        amounts.get(pointOf({ skuId: row.sku_id, kind: row.kind, minQuantity: row.min_quantity })) ===
        plainAmount(row.amount_cny),
    )
  );
}

/** Differences between earlier and present intervals. */
export interface PriceDiff {
  readonly added: readonly PriceInterval[];
  readonly removed: readonly PriceInterval[];
  /** The same price point and start, with another amount, end or call. */
  readonly changed: readonly { readonly from: PriceInterval; readonly to: PriceInterval }[];
}

const beginningOf = (interval: PriceInterval) =>
  `${pointOf(interval)}/${String(interval.validFrom.getTime())}`;

const isSame = (a: PriceInterval, b: PriceInterval) =>
  a.amountCny === b.amountCny &&
  a.validTo?.getTime() === b.validTo?.getTime() &&
  a.callId === b.callId &&
  a.closedByCallId === b.closedByCallId;

/** Compares intervals. Null: they are the same. */
export function diffPrices(
  before: readonly PriceInterval[],
  after: readonly PriceInterval[],
): PriceDiff | null {
  const was = new Map(before.map((interval) => [beginningOf(interval), interval]));
  const is = new Map(after.map((interval) => [beginningOf(interval), interval]));
  const diff: PriceDiff = {
    added: [...is].filter(([key]) => !was.has(key)).map(([, interval]) => interval),
    removed: [...was].filter(([key]) => !is.has(key)).map(([, interval]) => interval),
    changed: [...is].flatMap(([key, to]) => {
      const from = was.get(key);
      return from && !isSame(from, to) ? [{ from, to }] : [];
    }),
  };
  return diff.added.length + diff.removed.length + diff.changed.length === 0 ? null : diff;
}
