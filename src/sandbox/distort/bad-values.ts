import type { FieldRule, Plain } from './map-fields.ts';

/** What sellers could put before a title to harm whoever shows it. */
const hostilePrefixes = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '\u001b[31m\u001b]0;owned\u0007',
  '\u202e',
  '\u0000',
  // Half of a surrogate pair; JSON writes it as an escape.
  '\ud83d',
  '=HYPERLINK("http://example.com","x")',
];

/** The same title gets the same prefix in every answer. */
function hostile(title: string): string {
  let sum = 0;
  for (let i = 0; i < title.length; i++) sum += title.charCodeAt(i);
  return `${hostilePrefixes[sum % hostilePrefixes.length] ?? ''}${title}`;
}

/** Turns titles and their translations into attacks. */
export const hostileTitles: FieldRule = (key, value) =>
  /^subject(Trans)?$/.test(key) && typeof value === 'string' ? hostile(value) : value;

const absurdPrices: readonly Plain[] = ['99999999999.00', '-1', '1e9', '￥5', 'NaN', '12.3.4', '面议', 1e300];

/** Replaces every list price by something that is no price. */
export const absurdListPrices: FieldRule = (key, value, nth) =>
  key === 'price' && value !== null && value !== ''
    ? (absurdPrices[nth % absurdPrices.length] ?? value)
    : value;
