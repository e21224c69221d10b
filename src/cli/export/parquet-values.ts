/**
 * A number's digits as an integer of 10^-scale: `('13.9', 4)` gives `139000n`. Null for NaN and infinity.
 */
export function parseDecimal(text: string, scale: number): bigint | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return null;
  const [, sign = '', whole = '', fraction = ''] = match;
  const unscaled = BigInt(whole + fraction.padEnd(scale, '0'));
  return sign === '-' ? -unscaled : unscaled;
}

const time = /^(\d{4,6})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:\+00)?)?( BC)?$/;

/**
 * A date or time as Postgres writes it in UTC, as microseconds since 1970: `'1969-12-31 23:59:59.999999+00'` gives
 * `-1n`. Null for infinity.
 */
export function parseTimeMicros(text: string): bigint | null {
  const match = time.exec(text);
  if (!match) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', bc] = match;
  const at = new Date(0);
  // The year before 1 is 1 BC.
  at.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
  at.setUTCHours(Number(hour), Number(minute), Number(second));
  const ms = at.getTime();
  return Number.isNaN(ms) ? null : BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, '0'));
}
