import type { PriceBand, PriceObservation, SplitDecision, WindowShape } from '../../model/learning.ts';
import { fenBetween, formatFen, parseUnits, unitsPerFen } from './price-units.ts';
import { searchReach } from '../../model/search-limits.ts';

/**
 * Below this total, a window that was split is read whole again. At the cap itself, a window would be split and joined as its total moves
 * by one; at half, windows that fit into one query would be searched in two parts.
 */
const joinBelow = 0.8 * searchReach;

/** Share of the rows of a first page outside the price bounds from which on the bounds count as ignored. */
const ignoredShare = 0.4;

interface Bounds {
  readonly low: number;
  readonly high: number;
}

function boundsOf({ minCny, maxCny }: PriceBand): Bounds {
  return {
    low: minCny === null ? 0 : (parseUnits(minCny) ?? 0),
    high: maxCny === null ? Infinity : (parseUnits(maxCny) ?? Infinity),
  };
}

/**
 * Whether 1688 ignored the price bounds: rows of a part lie outside them. 1688 may compare another price than the one in the row, perhaps
 * a reduced one, so narrow parts prove nothing. The first two parts are wide, and at least one of them would have half of its rows
 * outside.
 */
function areIgnored(prices: readonly number[], { low, high }: Bounds): boolean {
  const isWide = low === 0 || high === Infinity || high >= 1.5 * low;
  const outside = prices.filter((price) => price < low || price > high).length;
  return isWide && prices.length > 0 && outside >= ignoredShare * prices.length;
}

/** A cut, in whole fen, and how many of the prices lie below it. */
interface Cut {
  readonly bound: number;
  readonly below: number;
}

/** A cut in the middle of a range of whole fen; none when the range is empty. */
function cutWithin([min, greatest]: readonly [number, number], below: number): Cut[] {
  return min > greatest ? [] : [{ bound: Math.floor((min + greatest) / 2), below }];
}

/**
 * A cut between two neighbouring prices. If no fen lies between them, the cut is one of the two: both parts have it, and one of them has
 * it alone.
 */
function cutBetween(left: number, right: number, below: number, { low, high }: Bounds): Cut[] {
  const between = cutWithin(fenBetween(left, right), below);
  if (between.length > 0) return between;
  const own = [right, left].find((price) => price > low && price < high && price % unitsPerFen === 0);
  return own === undefined ? [] : [{ bound: own / unitsPerFen, below }];
}

/** Cuts next to the only price, so that the part with it has fewer other prices. */
function cutsBeside(price: number, count: number, { low, high }: Bounds): Cut[] {
  const [above, lastAbove] = fenBetween(price, high);
  const [firstBeneath, beneath] = fenBetween(low, price);
  return [
    ...(above <= lastAbove ? [{ bound: above, below: count }] : []),
    ...(firstBeneath <= beneath ? [{ bound: beneath, below: 0 }] : []),
  ];
}

/** Where to cut a price range so that both parts have about as many of the prices, in whole fen. Null: it cannot be cut. */
function chooseBound(prices: readonly number[], bounds: Bounds): number | null {
  const sorted = prices
    .filter((price) => price >= bounds.low && price <= bounds.high)
    .toSorted((a, b) => a - b);
  const count = sorted.length;
  const [lowest, highest] = [sorted[0], sorted[count - 1]];
  if (lowest === undefined || highest === undefined) return null;
  const cuts = sorted.flatMap((right, below) => {
    const left = sorted[below - 1] ?? right;
    return left < right ? cutBetween(left, right, below, bounds) : [];
  });
  if (lowest === highest) cuts.push(...cutsBeside(lowest, count, bounds));
  const unevenness = ({ below }: Cut) => Math.abs(2 * below - count);
  return cuts.toSorted((a, b) => unevenness(a) - unevenness(b))[0]?.bound ?? null;
}

/**
 * Whether a window whose first page was read is read on, or in parts by price. Sorting does not help: it orders the rows of one page
 * (1688 docs keywordQuery v1). The size of a list that reaches the cap is not known. So the window is cut in two, by the prices on its
 * first page, and again if a part still reaches the cap: each necessary cut costs the one page that showed it. Categories are already
 * leaves where the tree is known.
 *
 * Both parts include the bound: 1688 does not say whether bounds are inclusive, and so no price is in neither. Offers without a price are
 * in no part.
 */
export function splitWindow(
  window: WindowShape,
  { page, totalRecords, prices }: PriceObservation,
): SplitDecision {
  const { band, isPart, isSplit, isSplittable } = window;
  const total = totalRecords ?? 0;
  if (page !== 1 || !isSplittable) return { kind: 'whole' };
  if (isSplit) return total < joinBelow ? { kind: 'whole' } : { kind: 'split', parts: [] };
  if (total < searchReach) return { kind: 'whole' };
  const bounds = boundsOf(band);
  const known = prices.map(parseUnits).filter((price) => price !== null);
  if (isPart && areIgnored(known, bounds)) return { kind: 'ignored' };
  const bound = chooseBound(known, bounds);
  if (bound === null) return { kind: 'whole' };
  const cut = formatFen(bound);
  return {
    kind: 'split',
    parts: [
      { minCny: band.minCny, maxCny: cut },
      { minCny: cut, maxCny: band.maxCny },
    ],
  };
}
