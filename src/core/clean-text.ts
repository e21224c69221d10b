import type { JsonValue } from './json.ts';

/**
 * Removes what Postgres can't store in text or jsonb: NUL, and surrogates without their pair (replaced by
 * U+FFFD). Everything else stays as it came.
 */
export function cleanText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}

/** `cleanText` over every string and every key of a JSON value. */
export function cleanJson(value: JsonValue): JsonValue {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(cleanJson);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), cleanJson(item)]));
  }
  return value;
}
