import type { TruePrice } from './cookbook-world.ts';
import { readText } from '../../support/doc-files.ts';

/** The statements of the cookbook, by their question. */
export const recipes = readText('docs/cookbook.md')
  .split(/^### /m)
  .slice(1)
  .flatMap((part) =>
    [...part.matchAll(/```sql\n([^]*?)```/g)].map((match, nth) => ({
      question: part.slice(0, part.indexOf('\n')),
      nth,
      sql: match[1] ?? '',
    })),
  );

/** Questions of which only rows are asked for here: the tests of the views know what they are. */
export const others = [
  'Which offers sell more than before?',
  'How fresh is each feed?',
  'What was an offer, and when did it change?',
  'How did list prices of all offers move?',
  'What did an offer cost on average, by time?',
  'What does everything cost in orders of 50?',
];

/** As `others`, of an offer of which a SKU vanished. */
export const withRows = [
  'What was a SKU, and when did it change?',
  'Which SKUs sold out this week, and which came back?',
  'Which sellers have new SKUs this week?',
];

/** List prices of an offer for the smallest order it can be had in, lowest first. */
export function smallestOrderPrices(prices: readonly TruePrice[], offerId: string): number[] {
  const list = prices.filter((price) => price.offerId === offerId && price.kind === 'list');
  const min = Math.min(...list.map((price) => price.minQuantity));
  return list
    .filter((price) => price.minQuantity === min)
    .map(({ amount }) => Number(amount))
    .toSorted((a, b) => a - b);
}

/** Price of a unit by quantity; null: it goes by SKU, or is not sold in such orders. */
export function unitPrice(prices: readonly TruePrice[], offerId: string, quantity: number): number | null {
  const tiers = prices.filter((p) => p.offerId === offerId && p.kind === 'list' && p.skuId === '0');
  const tier = tiers
    .filter((p) => p.minQuantity <= quantity)
    .toSorted((a, b) => b.minQuantity - a.minQuantity)[0];
  return tier ? Number(tier.amount) : null;
}

/** The smallest value that so great a share of all does not exceed. */
export const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
