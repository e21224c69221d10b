import { cleanText } from '../../core/clean-text.ts';
import type { JsonValue } from '../../core/json.ts';

/**
 * Text that Postgres can store: without NUL, well formed, trimmed, at most `maxLength` UTF-16 units. Numbers and
 * booleans are written out (an attribute's value may be `12`). Null for objects and arrays, and when nothing
 * visible is left.
 */
export function parseText(value: JsonValue, maxLength: number): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return null;
  const text = cutText(cleanText(value).trim(), maxLength).trimEnd();
  return text === '' ? null : text;
}

/** Whether `parseText` leaves something of a text out. */
export function isLonger(value: JsonValue | undefined, maxLength: number): boolean {
  // Cleaning makes no text longer, so that a short one need not be cleaned.
  if (typeof value !== 'string' || value.length <= maxLength) return false;
  return cleanText(value).trim().length > maxLength;
}

/** The first `maxLength` UTF-16 units of well-formed text, one less where that would halve a pair. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
