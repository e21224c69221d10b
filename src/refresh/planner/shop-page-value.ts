import { freshDays } from './observation-gains.ts';
import type { OfferState, Valuation } from './offer-value.ts';
import { pageValue } from './page-value.ts';

/** Value of a row that has certainly changed: the days it will be right, and the change seen. */
function changedRowValue({ weight, rate }: OfferState, { objective, visibleShare }: Valuation): number {
  const visible = { changes: rate.changes, days: rate.days / visibleShare };
  const rightDays = freshDays(visible, objective.staleHorizonDays);
  return weight * (objective.summaryShare * rightDays + objective.capturedDays);
}

/** Value of a page of offers, each of which has changed with its shop with some probability. */
export function shopPageValue(
  offers: readonly OfferState[],
  chanceOf: (offer: OfferState) => number,
  valuation: Valuation,
): number {
  let value = 0;
  for (const offer of offers) {
    const chance = chanceOf(offer);
    value += (1 - chance) * pageValue([offer], valuation) + chance * changedRowValue(offer, valuation);
  }
  return value;
}
