/**
 * Prices as whole numbers of 0.0001 yuan, the precision of the catalog: up to 10^13, so that a double holds each exactly, unlike a
 * fraction of a yuan.
 */

const unitsPerYuan = 10_000;
/** Units of 0.0001 yuan per fen (a hundredth of a yuan). */
export const unitsPerFen = 100;

/** Null when the text is no amount. Digits below 0.0001 yuan are cut off. */
export function parseUnits(yuan: string): number | null {
  const [, whole, fraction = ''] = /^(\d{1,9})(?:\.(\d+))?$/.exec(yuan) ?? [];
  if (whole === undefined) return null;
  return Number(whole) * unitsPerYuan + Number(fraction.slice(0, 4).padEnd(4, '0'));
}

/** Formats whole fen as decimal text in yuan without trailing zeros. */
export function formatFen(fen: number): string {
  const cents = String(fen % 100).padStart(2, '0');
  return `${Math.floor(fen / 100)}.${cents}`.replace(/\.?0+$/, '');
}

/** The least and the greatest whole fen strictly between two amounts in units; they may cross. */
export function fenBetween(low: number, high: number): readonly [min: number, greatest: number] {
  return [Math.floor(low / unitsPerFen) + 1, Math.ceil(high / unitsPerFen) - 1];
}
