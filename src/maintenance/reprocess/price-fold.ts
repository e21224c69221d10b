import type { PriceRow, UnreadPriceRow } from '../../load/load-counters.ts';

/** A price of an offer from one time to another: a row of `catalog.price_history`, or, open, of `catalog.price`. */
export interface PriceInterval {
  readonly skuId: string;
  readonly kind: string;
  readonly minQuantity: number;
  /** Without trailing zeros: `13.9`. */
  readonly amountCny: string;
  readonly validFrom: Date;
  /** Null: it holds. */
  readonly validTo: Date | null;
  readonly callId: string;
  readonly closedByCallId: string | null;
}

/** What an answer says of the prices of an offer: all of its kinds, but for what of it can't be read. */
export interface PriceStatement {
  readonly at: Date;
  readonly callId: string;
  readonly prices: readonly PriceRow[];
  readonly unread: readonly UnreadPriceRow[];
}

/** The intervals of one offer while its answers are told one after the other. */
export interface PriceFold {
  /** By `pointOf`. */
  readonly open: Map<string, PriceInterval>;
  readonly closed: PriceInterval[];
}

/** An amount without trailing zeros, so that equal ones are equal texts: `13.90` is `13.9`. */
function plainAmount(amount: string): string {
  return amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount;
}

/** What a price is the price of. */
export function pointOf(price: Pick<PriceInterval, 'skuId' | 'kind' | 'minQuantity'>): string {
  return `${price.skuId}/${price.kind}/${String(price.minQuantity)}`;
}

function isUnread(price: PriceInterval, unread: readonly UnreadPriceRow[]): boolean {
  return unread.some(
    (row) =>
      row.kind === price.kind &&
      (row.sku_id === null ? price.skuId !== '0' : row.sku_id === price.skuId) &&
      (row.min_quantity ?? price.minQuantity) === price.minQuantity,
  );
}

function toIntervals({ at, callId, prices }: PriceStatement): Map<string, PriceInterval> {
  const intervals = prices.map((row): PriceInterval => ({
    skuId: row.sku_id,
    kind: row.kind,
    minQuantity: row.min_quantity,
    amountCny: plainAmount(row.amount_cny),
    validFrom: at,
    validTo: null,
    callId,
    closedByCallId: null,
  }));
  return new Map(intervals.map((interval) => [pointOf(interval), interval]));
}

/**
 * Tells a fold one answer more, newer than those before: exactly what `merge-prices.sql` does to the tables. What
 * another amount replaces, or is absent and not unread, ends; what never held for any time leaves no trace.
 */
export function applyPrices({ open, closed }: PriceFold, statement: PriceStatement): void {
  const stated = toIntervals(statement);
  for (const [point, known] of open) {
    const now = stated.get(point);
    if (now ? now.amountCny === known.amountCny : isUnread(known, statement.unread)) continue;
    open.delete(point);
    if (known.validFrom < statement.at)
      closed.push({ ...known, validTo: statement.at, closedByCallId: statement.callId });
  }
  for (const [point, now] of stated) if (!open.has(point)) open.set(point, now);
}

/** Whether the intervals that hold at the time of an answer are those that it tells of. */
export function agreesWith(intervals: readonly PriceInterval[], statement: PriceStatement): boolean {
  const held = intervals.filter(
    ({ validFrom, validTo }) => validFrom <= statement.at && (validTo === null || validTo > statement.at),
  );
  const stated = toIntervals(statement);
  const heldPoints = new Map(held.map((interval) => [pointOf(interval), interval]));
  return (
    heldPoints.size === held.length &&
    [...stated].every(([point, now]) => heldPoints.get(point)?.amountCny === now.amountCny) &&
    held.every((interval) => stated.has(pointOf(interval)) || isUnread(interval, statement.unread))
  );
}

/** How intervals differ from those that are stored. */
export interface PriceDiff {
  readonly added: readonly PriceInterval[];
  readonly removed: readonly PriceInterval[];
  /** The same point and beginning, with another amount, end or call. */
  readonly changed: readonly { readonly from: PriceInterval; readonly to: PriceInterval }[];
}

const beginningOf = (interval: PriceInterval) =>
  `${pointOf(interval)}/${String(interval.validFrom.getTime())}`;

const isSame = (a: PriceInterval, b: PriceInterval) =>
  a.amountCny === b.amountCny &&
  a.validTo?.getTime() === b.validTo?.getTime() &&
  a.callId === b.callId &&
  a.closedByCallId === b.closedByCallId;

/** What has to be written so that `stored` becomes `told`. */
export function diffPrices(stored: readonly PriceInterval[], stated: readonly PriceInterval[]): PriceDiff {
  const before = new Map(stored.map((interval) => [beginningOf(interval), interval]));
  const after = new Map(stated.map((interval) => [beginningOf(interval), interval]));
  return {
    added: [...after].filter(([key]) => !before.has(key)).map(([, interval]) => interval),
    removed: [...before].filter(([key]) => !after.has(key)).map(([, interval]) => interval),
    changed: [...after].flatMap(([key, to]) => {
      const from = before.get(key);
      return from && !isSame(from, to) ? [{ from, to }] : [];
    }),
  };
}
