import { dayMs } from '../../core/duration.ts';
import type { ExplainedObservation, ExplainedPrice } from '../reads/explain-offer.ts';

/** A price that an observation showed. */
export interface PricePoint {
  readonly at: Date;
  readonly cny: number;
}

/** Points that belong together, and times without observations. */
export interface PriceLine {
  /** What it is of: `list`, or `search` where no detail answer is known. */
  readonly kind: 'list' | 'search';
  /** The oldest first. Between two points of a line the price held or was seen to change. */
  readonly runs: readonly (readonly PricePoint[])[];
  readonly gaps: readonly { readonly from: Date; readonly to: Date }[];
}

/** As `analytics.lowest_price` has it: the days between observations further apart than this are unknown. */
const maxGapMs = 3 * dayMs;

/**
 * The lowest price that held at a time for an order of `minOrder`: of the ranges that begin up to it the last, or the first of all,
 * as `smallest_order_list_cny` of `analytics.dim_offer` has it.
 */
function priceAt(prices: readonly ExplainedPrice[], at: Date, minOrder: number): number | null {
  const holding = prices.filter(
    ({ validFrom, validTo }) => validFrom <= at && (validTo === null || at < validTo),
  );
  const place = ({ minQuantity }: ExplainedPrice) => (minQuantity <= minOrder ? -minQuantity : minQuantity);
  const first = Math.min(...holding.map(place));
  const amounts = holding.filter((price) => place(price) === first).map((price) => Number(price.amountCny));
  return amounts.length === 0 ? null : Math.min(...amounts);
}

/**
 * The price of an offer as observed, for a chart: a number of yuan is exact enough there. The line ends
 * where observations are too far apart, or showed no price. `minOrder`: the smallest order of today, in
 * units; null: none is stated.
 */
export function priceLine(
  prices: readonly ExplainedPrice[],
  observations: readonly ExplainedObservation[],
  now: Date,
  minOrder: number | null = null,
): PriceLine {
  const kind = prices.some((price) => price.kind === 'list') ? 'list' : 'search';
  const own = prices.filter((price) => price.kind === kind);
  const source = kind === 'list' ? 'detail' : 'search';
  const seen = observations
    .filter((observation) => observation.source === source && !observation.isLate)
    .map(({ observedAt, isFound }) => ({
      at: observedAt,
      cny: isFound ? priceAt(own, observedAt, minOrder ?? 1) : null,
    }))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const runs: PricePoint[][] = [];
  const gaps: { from: Date; to: Date }[] = [];
  let last: Date | null = null;
  for (const { at, cny } of seen) {
    const isFar = last !== null && at.getTime() - last.getTime() > maxGapMs;
    if (last !== null && isFar) gaps.push({ from: last, to: at });
    last = at;
    if (cny === null) runs.push([]);
    else if (isFar || runs.length === 0) runs.push([{ at, cny }]);
    else runs.at(-1)?.push({ at, cny });
  }
  if (last !== null && now.getTime() - last.getTime() > maxGapMs) gaps.push({ from: last, to: now });
  return { kind, runs: runs.filter((run) => run.length > 0), gaps };
}
