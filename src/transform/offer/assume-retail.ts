import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { FieldReader } from '../reading/field-reader.ts';
import { parseMoney } from '../values/parse-money.ts';
import { parseQuantity } from '../values/parse-count.ts';

/*
 * Assumed, from one real offer: where one unit can be ordered and the price ranges begin above that, one unit costs
 * `retailPrice`, and the list price holds from the first range on. If this proves wrong: let `retailUntil` return null, raise
 * `normalizerVersion`, and run `catalog-sync reprocess --operation offer.detail` (docs/1688.md).
 */

/** A value that is stated, and can't be read. */
type Unread = 'unread';

/** The smallest order of an offer; `unread`: it is stated, and can't be read. */
export type StatedQuantity = number | null | Unread;

/** From how many units on a range holds: empty if it does not say, null if that can't be read. */
function startsOf(range: JsonValue): (number | null)[] {
  if (!isJsonObject(range)) return [null];
  const start = range['startQuantity'] ?? null;
  return start === null ? [] : [parseQuantity(start)];
}

/**
 * The quantity at which the ranges begin, if one unit costs the retail price below it. Null: the list price holds from one unit
 * on. `unread`: one of the two, but a value that decides it can't be read.
 */
export function retailUntil(minOrder: StatedQuantity, saleInfo: FieldReader): number | null | Unread {
  if (minOrder !== 1 && minOrder !== 'unread') return null;
  if (!saleInfo.isReadable) return 'unread';
  if (!saleInfo.has('priceRangeList')) return null;
  const ranges = saleInfo.raw('priceRangeList');
  if (!Array.isArray(ranges)) return 'unread';
  const starts = (ranges as readonly JsonValue[]).flatMap(startsOf);
  if (starts.length === 0 || starts.includes(1)) return null;
  if (starts.includes(null) || minOrder === 'unread') return 'unread';
  return starts.reduce((least, start) => Math.min(least ?? Infinity, start ?? Infinity), null);
}

/** An amount in yuan. */
export type RetailPrice = { readonly amountCny: string } | Unread;

/** The first retail price that is stated. An unreadable one is rejected elsewhere, where it is read as a channel price. */
export function retailPriceOf(...rows: readonly FieldReader[]): RetailPrice | null {
  for (const row of rows) {
    const price = parseMoney(row.raw('retailPrice') ?? null);
    if (price !== null) return { amountCny: price };
    if (row.has('retailPrice') || !row.isReadable) return 'unread';
  }
  return null;
}
