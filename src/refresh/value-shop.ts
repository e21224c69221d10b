import { rateOf } from './planner/change-rate.ts';
import { importance } from './planner/importance.ts';
import { defaultObjective } from './planner/objective.ts';
import type { OfferState } from './planner/offer-value.ts';
import { shopPageValue } from './planner/shop-page-value.ts';
import { chanceSince, siblingPrecision } from './planner/shop-suspicion.ts';
import type { WindowValue } from './planner/window-value.ts';
import type { ShopOffer, SuspectedShop } from './queue/suspected-shop.ts';
import type { PlannerFigures } from './queue/read-planner.ts';

/**
 * Value of the page of a shop that seems to have repriced: the sum over its offers. The offers most likely to have changed with their
 * shop add most, as siblings on such pages have shown. `weights`: of sets of feeds.
 */
export function valueShop(
  { offers, listed, ...open }: SuspectedShop,
  { prior, visibleShare, meanPopularity, siblings }: PlannerFigures,
  weights: ReadonlyMap<number, number>,
): WindowValue {
  const precision = siblingPrecision(siblings);
  const toState = ({ feedSet, popularity, changes, days, ...ages }: ShopOffer): OfferState => ({
    weight: importance(popularity * (weights.get(feedSet) ?? 1), meanPopularity),
    rate: rateOf(prior, { changes, days }),
    ...ages,
  });
  const chanceOf = ({ summaryAgeDays }: OfferState) =>
    Math.min(1, precision * chanceSince(open, -summaryAgeDays));
  const valuation = { objective: defaultObjective, visibleShare };
  return { kind: 'page', value: listed * shopPageValue(offers.map(toState), chanceOf, valuation) };
}
