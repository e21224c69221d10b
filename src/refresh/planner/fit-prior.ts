import type { ChangeRate } from './change-rate.ts';
import { firstPrior } from './change-rate.ts';
import { logGamma } from './log-gamma.ts';

/** With fewer offers, the first guess is better. */
const minOffers = 100;

/** More offers cost time and move the prior by less than its own spread. */
export const priorSampleSize = 1500;

/** Log-normal spread of the hyperprior: how hard it is for data to move shape and mean from the first guess. */
const shapeSpread = 0.5;
const meanSpread = 1;

/** ln of the product of hyperprior and negative-binomial density, up to terms that do not depend on the prior. */
function logPosterior(sample: readonly ChangeRate[], logShape: number, logMean: number): number {
  const shape = Math.exp(logShape);
  const days = shape / Math.exp(logMean);
  const [fromShape, fromMean] = [
    (logShape - Math.log(firstPrior.changes)) / shapeSpread,
    (logMean - Math.log(firstPrior.changes / firstPrior.days)) / meanSpread,
  ];
  let sum = -(fromShape ** 2 + fromMean ** 2) / 2;
  sum += sample.length * (shape * Math.log(days) - logGamma(shape));
  for (const learned of sample) {
    const changes = shape + learned.changes;
    sum +=
      (learned.changes > 0 ? logGamma(changes) : logGamma(shape)) - changes * Math.log(days + learned.days);
  }
  return sum;
}

/** One hill-climbing step along one coordinate; the next step is twice as long after a success, half as long after a failure. */
function climb(score: (at: number) => number, at: number, step: number): { at: number; step: number } {
  const here = score(at);
  for (const direction of [1, -1]) {
    if (score(at + direction * step) > here) return { at: at + direction * step, step: step * 1.5 };
  }
  return { at, step: step / 3 };
}

/**
 * The prior under which the evidence of a sample of observed offers is most likely (empirical Bayes; at most `priorSampleSize` offers),
 * searched from `current`. Meant for once a day. With fewer than 100 offers: `current`.
 */
export function fitPrior(sample: readonly ChangeRate[], current: ChangeRate): ChangeRate {
  if (sample.length < minOffers) return current;
  let shape = { at: Math.log(current.changes), step: 0.3 };
  let mean = { at: Math.log(current.changes / current.days), step: 0.3 };
  for (let round = 0; round < 8; round += 1) {
    shape = climb((at) => logPosterior(sample, at, mean.at), shape.at, shape.step);
    mean = climb((at) => logPosterior(sample, shape.at, at), mean.at, mean.step);
  }
  const changes = Math.exp(shape.at);
  return { changes, days: changes / Math.exp(mean.at) };
}
