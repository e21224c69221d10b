/**
 * What is known of how often something changes: its rate is Gamma distributed, as if `changes` changes had been
 * counted in `days` days. Mean `changes / days` per day. Per offer only what looks added to the prior is stored, so
 * that a new prior is in force everywhere at once.
 */
export interface ChangeRate {
  readonly changes: number;
  readonly days: number;
}

/** Before anything was looked at: one change in 50 days, with no more confidence than a fifth of a change gives. */
export const firstPrior: ChangeRate = { changes: 0.2, days: 10 };

/** Nothing learned yet. */
export const nothingLearned: ChangeRate = { changes: 0, days: 0 };

/** The rate of an offer: what is known of all, and what its own looks added. */
export function rateOf(prior: ChangeRate, learned: ChangeRate): ChangeRate {
  return { changes: prior.changes + learned.changes, days: prior.days + learned.days };
}
