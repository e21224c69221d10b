import type { Confidence } from '../reads/product-pages.ts';

/** Below, a probability is too high by up to 15 points (docs/confidence.md): no number is shown. */
const trustedFrom = 0.8;

/** Nothing is certain that was observed some time ago. */
const mostPercent = 99;

const likelihood = (chance: number, whole: string) =>
  chance < trustedFrom
    ? `perhaps not ${whole} any more`
    : `probably still ${whole}: ${String(Math.min(mostPercent, Math.round(100 * chance)))} %`;

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
