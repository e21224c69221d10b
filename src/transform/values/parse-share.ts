import type { JsonValue } from '../../core/json.ts';
import { fromUnits, toUnits } from './decimal.ts';
import { numberText } from './number-text.ts';

/** One whole in units of 10^-4. */
const one = 10_000n;

/**
 * A share from 0 to 1 as decimal text with at most four decimals. 1688 writes it as a percentage (`'52.48%'`
 * gives `'0.5248'`), as a share (`'0.4666'`), as a percentage without its sign (`'11'` gives `'0.11'`), and as
 * the empty text for 0. A bare 1 is read as the whole, for nobody writes 1 % that way beside `'0.4666'`.
 *
 * Null beyond 100 %, and for signs, exponents and words.
 */
export function parseShare(value: JsonValue): string | null {
  const text = numberText(value);
  if (text === null) return null;
  if (text === '') return '0';
  const units = text.endsWith('%') ? toUnits(text.slice(0, -1).trimEnd(), 2) : bareUnits(text);
  return units === null || units > one ? null : fromUnits(units, 4);
}

function bareUnits(text: string): bigint | null {
  const units = toUnits(text, 4);
  return units !== null && units > one ? toUnits(text, 2) : units;
}
