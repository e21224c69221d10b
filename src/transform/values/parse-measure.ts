import type { JsonValue } from '../../core/json.ts';
import { fromUnits, toUnits } from './decimal.ts';
import { numberText } from './number-text.ts';

const decimals = 6;
/** A million kilograms, or centimetres: what is larger was typed by mistake. */
const limitUnits = 10n ** 12n;

/**
 * A weight or length in a unit `times` smaller, as canonical decimal text: 1.25 (kg) with 1,000 gives `'1250'` (g), 10.5
 * (cm) with 10 gives `'105'` (mm). Null for signs, exponents and words.
 */
export function parseMeasure(value: JsonValue, times: 10 | 1000): string | null {
  const text = numberText(value);
  const units = text === null ? null : toUnits(text, decimals);
  return units === null || units >= limitUnits ? null : fromUnits(units * BigInt(times), decimals);
}
