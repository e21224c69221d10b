import type { ChangeRate } from './change-rate.ts';
import { freshDays, observationGains } from './observation-gains.ts';
import type { Objective } from './objective.ts';

/** What the value of observing an offer depends on. */
export interface OfferState {
  /** Importance, mean 1. */
  readonly weight: number;
  readonly rate: ChangeRate;
  /** Days since a page or a detail last showed its price summary. */
  readonly summaryAgeDays: number;
  /** Days since its detail was last fetched; at least `summaryAgeDays`. Any value if `isStale`. */
  readonly detailAgeDays: number;
  /** The detail is known to be wrong (a page showed a change), or was never fetched. */
  readonly isStale: boolean;
}

/** The part of an offer's state that orders it within its bucket. */
export type OfferAges = Pick<OfferState, 'summaryAgeDays' | 'detailAgeDays' | 'isStale'>;

/** What all values of one moment share. */
export interface Valuation {
  readonly objective: Objective;
  /** The share of changes that a summary shows, from 0 to 1. */
  readonly visibleShare: number;
}

/** The rate of changes that a summary shows: Gamma(A, B) thinned to a share is Gamma(A, B/share). */
function visibleRate({ changes, days }: ChangeRate, share: number): ChangeRate {
  return { changes, days: days / share };
}

/** Age of the detail, less the part of it that an unchanged summary confirms: that in which changes are visible. */
export function vouchedAgeDays(summaryAgeDays: number, detailAgeDays: number, share: number): number {
  return share * summaryAgeDays + (1 - share) * detailAgeDays;
}

/** The age by which offers of a bucket are ordered; for stale offers, that of the summary. */
export function orderingAgeDays(ages: OfferAges, { objective, visibleShare }: Valuation): number {
  const { summaryAgeDays, detailAgeDays } = ages;
  if (ages.isStale) return summaryAgeDays;
  const vouched = vouchedAgeDays(summaryAgeDays, detailAgeDays, visibleShare);
  return objective.summaryShare * summaryAgeDays + (1 - objective.summaryShare) * vouched;
}

/** Value of one detail call, in days of freshness of an offer of importance 1. Grows with both ages. */
export function detailValue(offer: OfferState, valuation: Valuation): number {
  return offer.isStale ? staleDetailValue(offer, valuation) : likelyDetailValue(offer, valuation);
}

function likelyDetailValue(offer: OfferState, { objective, visibleShare }: Valuation): number {
  const { rate, summaryAgeDays, detailAgeDays } = offer;
  const { summaryShare, capturedDays, lagWeight } = objective;
  const detail = observationGains(rate, vouchedAgeDays(summaryAgeDays, detailAgeDays, visibleShare));
  const detailPart = (1 - summaryShare) * (detail.fresh + lagWeight * detail.lagging);
  if (summaryShare === 0) return offer.weight * (detailPart + capturedDays * detail.captured);
  // Only details count the lag: if summaries counted too, details would outbid the pages that renew summaries for less.
  const summaryPart = summaryShare * observationGains(visibleRate(rate, visibleShare), summaryAgeDays).fresh;
  return offer.weight * (summaryPart + detailPart + capturedDays * detail.captured);
}

/** A detail that is certainly wrong now will be right for a while, and the summary is renewed with it. */
function staleDetailValue(offer: OfferState, valuation: Valuation): number {
  const { summaryShare, staleHorizonDays } = valuation.objective;
  const detailPart = offer.weight * (1 - summaryShare) * freshDays(offer.rate, staleHorizonDays);
  return detailPart + summaryValue(offer, valuation);
}

/** Value that one offer adds to a search page on which it is expected. */
export function summaryValue(offer: OfferState, { objective, visibleShare }: Valuation): number {
  const gains = observationGains(visibleRate(offer.rate, visibleShare), offer.summaryAgeDays);
  return offer.weight * (objective.summaryShare * gains.fresh + objective.capturedDays * gains.captured);
}
