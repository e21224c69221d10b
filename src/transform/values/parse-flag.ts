import type { JsonValue } from '../../core/json.ts';

/** A yes or no, as a boolean or (category leaves, `isSelect`) as the text `'true'` or `'false'`; null otherwise. */
export function parseFlag(value: JsonValue): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === 'true') return true;
  return value === 'false' ? false : null;
}
