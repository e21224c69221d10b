import type { Draw } from '../world/draw.ts';

/** Yuan as decimal text without trailing zeros: 1390 fen is `13.9`. */
export function plainYuan(fen: number): string {
  const cents = String(fen % 100).padStart(2, '0');
  return `${Math.floor(fen / 100)}.${cents}`.replace(/\.?0+$/, '');
}

/** Yuan as 1688 writes them, which is uneven: `2.00` beside `4`, `21.10` beside `21.1` (seen by clients). */
export function wireYuan(draw: Draw, place: string, fen: number): string {
  return draw.chance(`${place}-text`, 0.4) ? (fen / 100).toFixed(2) : plainYuan(fen);
}

/** The same for a price that may be absent: mostly `null`, sometimes the empty string. */
export function wireYuanOrNull(draw: Draw, place: string, fen: number | null): string | null {
  if (fen !== null) return wireYuan(draw, place, fen);
  return draw.chance(`${place}-blank`, 0.1) ? '' : null;
}
