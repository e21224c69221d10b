import { cleanText } from '../../core/clean-text.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { cutText } from '../values/parse-text.ts';
import { scrubText } from '../values/scrub-text.ts';

const maxLength = 200;

/**
 * A value in at most 200 clean characters, for quarantine and drift. Containers are described, not written out: `[3 items]`,
 * `{offerId, subject}`. So a sample costs the same however deep or large the value is. Phone numbers and the like are removed,
 * since a sample is kept longer than the answer it comes from.
 */
export function sampleOf(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object') return scalarText(value);
  if (!isJsonObject(value)) return `[${value.length} items]`;
  return cutText(`{${Object.keys(value).slice(0, 20).map(keyText).join(', ')}}`, maxLength);
}

function scalarText(value: string | number | boolean): string {
  // Cut before cleaning: a megabyte of text in the wrong place costs no more than a line.
  return cutText(scrubText(cleanText(String(value).slice(0, 2 * maxLength))), maxLength);
}

/** A key of unknown origin, fit for a path: clean and at most 100 characters. */
export function keyText(key: string): string {
  return cutText(cleanText(key.slice(0, 200)), 100);
}
