/**
 * Reads plain decimal text into whole units of `10^-decimals`. More decimals are rounded half up. Null for
 * anything but digits with at most one point between them: no sign, exponent, separator or currency.
 *
 * `('21.10', 4)` gives `211000n`, `('0.00005', 4)` gives `1n`; `'1e3'`, `'.5'`, `'1,000'` and `'-1'` give null.
 */
export function toUnits(text: string, decimals: number): bigint | null {
  const match = /^(\d{1,20})(?:\.(\d{1,40}))?$/.exec(text);
  if (!match) return null;
  const [, whole = '0', fraction = ''] = match;
  const kept = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  return (fraction[decimals] ?? '0') >= '5' ? kept + 1n : kept;
}

/** The shortest decimal text of so many units: `(211000n, 4)` gives `'21.1'`, `(40000n, 4)` gives `'4'`. */
export function fromUnits(units: bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  const whole = digits.slice(0, -decimals);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
