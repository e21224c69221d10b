import type { ChangeRate } from './change-rate.ts';
import { firstPrior, rateOf } from './change-rate.ts';

/** Cell widths in natural logarithms. Twice as wide costs 0.3 points of freshness; half as wide reads more buckets for no gain. */
const weightStep = 0.4;
const changesStep = 0.35;
const daysStep = 0.4;

/** Seven bits per coordinate cover at least e^±22. */
const middle = 64;
const span = 128;

function cell(value: number, step: number): number {
  const index = Math.round(Math.log(value) / step) + middle;
  return Math.min(span - 1, Math.max(0, index));
}

/**
 * Number of the bucket of an offer. Offers in one bucket weigh and change about the same, so the one that was fetched longest ago is the
 * best of them. The number depends only on the offer's own evidence, not on the prior of the day, and fits an `int`. `isStale`: the
 * detail is known to be wrong, or was never fetched; such offers have numbers below 0.
 */
export function bucketOf(weight: number, learned: ChangeRate, isStale: boolean): number {
  const { changes, days } = rateOf(firstPrior, learned);
  const within = (cell(weight, weightStep) * span + cell(changes, changesStep)) * span + cell(days, daysStep);
  return isStale ? -1 - within : within;
}
