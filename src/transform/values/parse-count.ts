import type { JsonValue } from '../../core/json.ts';
import { numberText } from './number-text.ts';

/** Half of a Postgres `integer`: beyond twice this the column overflows, and so would a child's level, one more. */
const largestSmall = 1_000_000_000;

/**
 * A whole number from 0 to 2^53 - 1, for stock and sales: `99999`, `'128'` and the double `'12.0'` are read;
 * `1.5`, `-1`, `'1e3'` and `'1000+'` give null.
 */
export function parseCount(value: JsonValue): number | null {
  const text = numberText(value);
  if (text === null || !/^\d{1,16}(\.0+)?$/.test(text)) return null;
  const count = Number(text);
  return Number.isSafeInteger(count) ? count : null;
}

/** As `parseCount`, but at most 10^9, for `integer` columns: levels, batches, pages, minimum orders. */
export function parseSmallCount(value: JsonValue): number | null {
  const count = parseCount(value);
  return count !== null && count <= largestSmall ? count : null;
}

/** As `parseSmallCount`, but at least 1: the units from which a price holds. */
export function parseQuantity(value: JsonValue): number | null {
  const count = parseSmallCount(value);
  return count === 0 ? null : count;
}
