import type { JsonValue } from '../../core/json.ts';
import { fromUnits, toUnits } from './decimal.ts';
import { numberText } from './number-text.ts';

/** `numeric(14,4)`, the column every price ends in. */
const decimals = 4;
const limitUnits = 10n ** 14n;

/**
 * A price in yuan as canonical text, whichever way 1688 wrote it: `'21.10'`, `'21.1'` and `21.1` all give
 * `'21.1'`, `'4'` gives `'4'`. More than four decimals (only doubles have them: `0.30000000000000004`) are
 * rounded half up, so that a double's noise opens no new price.
 *
 * Null outside 0 to below 10^10, and for `'1e3'`, `'¥5'`, `'1-3'`, `'-1'`.
 */
export function parseMoney(value: JsonValue): string | null {
  const text = numberText(value);
  const units = text === null ? null : toUnits(text, decimals);
  return units === null || units >= limitUnits ? null : fromUnits(units, decimals);
}
