import type { JsonValue } from '../../core/json.ts';
import { fromUnits, toUnits } from './decimal.ts';
import { numberText } from './number-text.ts';

const limitUnits = 100_0000n;

/**
 * A service or trade score (`'4.9'`; five is the best) as canonical decimal text with at most four decimals.
 * The scale is nowhere documented, so anything from 0 to below 100 is believed; null for the rest.
 */
export function parseScore(value: JsonValue): string | null {
  const text = numberText(value);
  const units = text === null ? null : toUnits(text, 4);
  return units === null || units >= limitUnits ? null : fromUnits(units, 4);
}
