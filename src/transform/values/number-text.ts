import type { JsonValue } from '../../core/json.ts';

/** The text of a number that came as a number or as a string (most fields come in both forms); null for the rest. */
export function numberText(value: JsonValue): string | null {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' ? String(value) : null;
}
