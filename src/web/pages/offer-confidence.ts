import type { Confidence } from '../reads/product-pages.ts';

/** Nothing is certain that was observed some time ago, nor certainly wrong. */
const [leastPercent, mostPercent] = [1, 99];

/** In words that agree with the number, which is calibrated from 0 to 1 (docs/confidence.md). */
function likelihood(chance: number, whole: string): string {
  const percent = Math.min(mostPercent, Math.max(leastPercent, Math.round(100 * chance)));
  return chance < 0.5
    ? `probably no longer ${whole}: ${String(100 - percent)} %`
    : `probably still ${whole}: ${String(percent)} %`;
}

/** How sure one can be of what is known of an offer, in words: names with values for its facts. */
export function confidenceRows(confidence: Confidence | null): (readonly [string, string])[] {
  if (confidence === null) return [];
  const { offer, prices, stock, isInStock } = confidence;
  return [
    ...(prices === null ? [] : [['prices', likelihood(prices, 'right')] as const]),
    ...(stock === null
      ? []
      : [['stock', likelihood(stock, isInStock ? 'in stock' : 'out of stock')] as const]),
    [prices === null ? 'not there' : 'all but stock and sales', likelihood(offer, 'right')],
  ];
}
