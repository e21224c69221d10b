import type { JsonValue } from '../../core/json.ts';
import { numberText } from './number-text.ts';

const largestBigint = 9_223_372_036_854_775_807n;

/**
 * An id of 1688 as canonical decimal text that fits a Postgres `bigint`. Order ids have up to 19 digits and pass
 * 2^53, so nothing is computed with a double.
 *
 * `620201390233` and `'620201390233'` give `'620201390233'`, `'007'` gives `'7'`; `0` (which marks "none" and
 * "as a whole"), `-1`, `1.5`, `'1e3'` and `'9223372036854775808'` give null.
 */
export function parseId(value: JsonValue): string | null {
  const text = numberText(value);
  if (text === null || !/^0{0,18}[1-9]\d{0,18}$/.test(text)) return null;
  const id = text.replace(/^0+/, '');
  return id.length < 19 || BigInt(id) <= largestBigint ? id : null;
}

/** As `parseId`, but `0` is an id too: the virtual node above the root categories. */
export function parseCategoryId(value: JsonValue): string | null {
  return isZero(value) ? '0' : parseId(value);
}

/** True for `0` and `'0'`, which 1688 writes for "no such id". */
export function isZero(value: JsonValue): boolean {
  return numberText(value) === '0';
}
