import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { FieldReader } from '../reading/field-reader.ts';
import { parseMoney } from '../values/parse-money.ts';
import { parseQuantity } from '../values/parse-count.ts';

/*
 * Assumed, from one real offer: where one unit can be ordered and the price ranges begin above that, one unit costs
 * `retailPrice`, and the list price holds from the first range on. Should it be wrong: let `retailUntil` give null, raise
 * `normalizerVersion`, and `catalog-sync reprocess --operation offer.detail` (docs/1688.md).
 */

/** Where the ranges begin, if one unit costs the retail price below; null: the list price holds from one unit on. */
export function retailUntil(minOrderQuantity: number | null, saleInfo: FieldReader): number | null {
  const ranges = saleInfo.raw('priceRangeList');
  if (minOrderQuantity !== 1 || !Array.isArray(ranges)) return null;
  const starts = (ranges as readonly JsonValue[]).flatMap((range) =>
    isJsonObject(range) ? (parseQuantity(range['startQuantity'] ?? null) ?? []) : [],
  );
  const first = Math.min(...starts);
  return first > 1 && starts.length > 0 ? first : null;
}

/** The first retail price that is stated; as a channel price it is read, and rejected, elsewhere. */
export function retailPriceOf(...rows: readonly FieldReader[]): string | null {
  const prices = rows.map((row) => parseMoney(row.raw('retailPrice') ?? null));
  return prices.find((price) => price !== null) ?? null;
}
