import type { ChangeRate } from '../../model/learning.ts';

export type { ChangeRate };

/** The prior before anything was fetched: one change in 50 days, with no more confidence than a fifth of a change gives. */
export const firstPrior: ChangeRate = { changes: 0.2, days: 10 };

/** Nothing learned yet. */
export const nothingLearned: ChangeRate = { changes: 0, days: 0 };

/** Rate of an offer: the prior of all offers plus the evidence of its own observations. */
export function rateOf(prior: ChangeRate, learned: ChangeRate): ChangeRate {
  return { changes: prior.changes + learned.changes, days: prior.days + learned.days };
}

/** Expected changes within some days, if the rate is constant and independent of what was seen before. */
export function expectedChanges({ changes, days }: ChangeRate, exposureDays: number): number {
  return changes * Math.log1p(exposureDays / days);
}

/** Probability of at least one change within some days. */
export function changeOdds(rate: ChangeRate, exposureDays: number): number {
  return -Math.expm1(-expectedChanges(rate, exposureDays));
}
