import type { ChangeRate } from '../../model/learning.ts';

export type { ChangeRate };

/** Before anything was fetched: one change in 50 days, with no more confidence than a fifth of a change gives. */
export const firstPrior: ChangeRate = { changes: 0.2, days: 10 };

/** Nothing learned yet. */
export const nothingLearned: ChangeRate = { changes: 0, days: 0 };

/** The rate of an offer: what is known of all, and what its own observations added. */
export function rateOf(prior: ChangeRate, learned: ChangeRate): ChangeRate {
  return { changes: prior.changes + learned.changes, days: prior.days + learned.days };
}

/** The changes within some days of something that changes at a constant rate, and is as likely to be unchanged after them. */
export function expectedChanges({ changes, days }: ChangeRate, exposureDays: number): number {
  return changes * Math.log1p(exposureDays / days);
}

/** The chance of at least one change within some days. */
export function changeOdds(rate: ChangeRate, exposureDays: number): number {
  return -Math.expm1(-expectedChanges(rate, exposureDays));
}
