import type { ChangeRate } from './change-rate.ts';
import { rateOf } from './change-rate.ts';

/**
 * Half of an observation's evidence is forgotten after this time, because rates change. With a third of this time, or without forgetting,
 * freshness is 0.1 points worse where rates are constant. Where rates change, 30 days are 0.3 points better, and no forgetting is 0.2
 * points worse.
 */
export const halfLifeDays = 90;

export interface RateObservation {
  /** Days in which a change would have been seen; fewer than the days that passed, if only a share of changes shows. */
  readonly exposureDays: number;
  /** Days since the last observation of any kind: for forgetting. */
  readonly elapsedDays: number;
  /** At least one change was seen; their number is unknown. */
  readonly isChanged: boolean;
}

/** Gamma(A, B) with the mean and variance of `rate` after "at least one change in `exposureDays`". */
function afterChange({ changes, days }: ChangeRate, exposureDays: number): ChangeRate {
  const log = Math.log1p(exposureDays / days);
  const seenOf = (more: number) => -Math.expm1(-(changes + more) * log);
  const seen = seenOf(0);
  const mean = (changes / days) * (seenOf(1) / seen);
  const square = ((changes * (changes + 1)) / days ** 2) * (seenOf(2) / seen);
  const variance = square - mean ** 2;
  return { changes: mean ** 2 / variance, days: mean / variance };
}

/**
 * Evidence for one offer's rate after an observation, beyond the prior. "Unchanged" is exact; "changed at least once" is matched in mean
 * and variance. (0.2, 10) + changed after 7 days = (1.1417, 12.2036).
 */
export function learnRate(prior: ChangeRate, learned: ChangeRate, observation: RateObservation): ChangeRate {
  const kept = 2 ** (-observation.elapsedDays / halfLifeDays);
  const changes = learned.changes * kept;
  const days = learned.days * kept;
  if (!observation.isChanged) return { changes, days: days + observation.exposureDays };
  // Observed twice within the clock's resolution: the change has no age, and is no evidence for a rate.
  if (observation.exposureDays <= 0) return { changes, days };
  const after = afterChange(rateOf(prior, { changes, days }), observation.exposureDays);
  return { changes: Math.max(0, after.changes - prior.changes), days: Math.max(0, after.days - prior.days) };
}
