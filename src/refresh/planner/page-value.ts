import type { OfferState, Valuation } from './offer-value.ts';
import { summaryValue } from './offer-value.ts';

/** Extra value of an observation that is the first evidence of an offer's rate. */
const curiosity = 0.5;

/**
 * Value of one search page: the sum over its expected offers. Offers of whose rate little is known count more, because a page gives
 * evidence for many rates with one call.
 */
export function pageValue(offers: readonly OfferState[], valuation: Valuation): number {
  let sum = 0;
  for (const offer of offers) {
    const premium = curiosity / (1 + offer.rate.changes);
    sum += (1 + premium) * summaryValue(offer, valuation);
  }
  return sum;
}

/** `scale * age^power`: the future value of a page, stored with it so that pages can be ranked without their offers. */
export interface PageCurve {
  readonly scale: number;
  readonly power: number;
}

/** Two ages, in days, between which pages become due at most quotas. */
const [soonDays, lateDays] = [0.5, 4];

/** Value of a page half a day and four days after all of its offers were seen. */
export interface PageValues {
  readonly soon: number;
  readonly late: number;
}

export function pageValues(offers: readonly OfferState[], valuation: Valuation): PageValues {
  const at = (ageDays: number) =>
    pageValue(
      offers.map((offer) => ({ ...offer, summaryAgeDays: ageDays, detailAgeDays: ageDays })),
      valuation,
    );
  return { soon: at(soonDays), late: at(lateDays) };
}

/** The curve through both values. */
export function curveThrough({ soon, late }: PageValues): PageCurve {
  if (soon <= 0) return { scale: 0, power: 1 };
  const power = Math.log(late / soon) / Math.log(lateDays / soonDays);
  return { scale: soon / soonDays ** power, power };
}

/** The curve of a page whose offers were all seen just now. */
export function fitPageCurve(offers: readonly OfferState[], valuation: Valuation): PageCurve {
  return curveThrough(pageValues(offers, valuation));
}

/**
 * The curve, scaled to pass through the `value` (above 0) that the page turned out to have at an age. Details fetched since its last
 * visit make a page worth less than its curve says: without the correction, it would delay better pages.
 */
export function correctCurve({ power }: PageCurve, ageDays: number, value: number): PageCurve {
  return { scale: value / ageDays ** power, power };
}

/** The value by which a page is ranked; `pageValue` decides among those that rank high. */
export function pageScore({ scale, power }: PageCurve, ageDays: number): number {
  return scale * Math.max(0, ageDays) ** power;
}
