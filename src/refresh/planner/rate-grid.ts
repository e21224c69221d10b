import type { Figure } from '../../model/figures.ts';
import type { ChangeRate } from './change-rate.ts';
import { halfLifeDays, type RateObservation } from './learn-rate.ts';

/*
 * How often a figure of an offer changes, as a probability of each of ten rates. One Gamma distribution does not do for a catalog
 * in which half of the offers never change and some do every day: it takes those for slower than they are.
 */

/** A number for each rate of `rates`. */
export type ByRate = readonly number[];

/** Changes a day. Close together where a day more or less matters. */
export const rates: ByRate = [0.0005, 0.002, 0.008, 0.03, 0.1, 0.25, 0.5, 1, 2, 4];

const anyFigure: ByRate = [0.3, 0.15, 0.15, 0.15, 0.1, 0.06, 0.04, 0.03, 0.015, 0.005];

/** The shares of offers by their rate, before anything was observed of them. */
export const firstShares: Readonly<Record<Figure, ByRate>> = {
  ...{ offer: anyFigure, price: anyFigure, in_stock: anyFigure, out_of_stock: anyFigure },
  // Few of those that are not there come back.
  gone: [0.8, 0.1, 0.03, 0.02, 0.02, 0.02, 0.005, 0.003, 0.001, 0.001],
};

/** The first shares count as much as so many offers. */
const firstOffers = 20;

/** The shares move by less than a thousandth of themselves after so many. */
const fitRounds = 50;

/** At these ages, in days, a rate says as much as the probabilities that it stands for; between them, nearly so. */
const matchedAges = { early: 1, late: 10 } as const;

/** The days of a `ChangeRate`, as logarithms: of one that goes on changing as fast, and of one that hardly does after the first day. */
const dayBounds = { low: Math.log(0.1), high: Math.log(1e6) } as const;

/**
 * Changes come in bursts, of an offer that is being worked on: what changes on half of all days holds for three days more often than once
 * in eight. So each time between two observations has a rate of its own, spread about that of the offer as a Gamma distribution of this
 * shape. Without it, what changes nearly daily was said to hold for a day too often, by up to seven points.
 */
const evenness = 2;

/** ln of the probability that nothing changes within some days, at one rate of an offer. */
const logHeldAt = (rate: number, days: number) => -evenness * Math.log1p((rate * days) / evenness);

/** The same over the probabilities of rates. */
const logHeld = (weights: ByRate, days: number) =>
  Math.log(weights.reduce((sum, weight, at) => sum + weight * Math.exp(logHeldAt(rates[at] ?? 0, days)), 0));

/**
 * Adds an observation to what is known of one offer: of each rate, ln of the probability of all that was observed, if that were its
 * rate. Half of it is forgotten in 90 days. Null: nothing was observed.
 */
export function addEvidence(
  known: ByRate | null,
  { exposureDays, elapsedDays, isChanged }: RateObservation,
): ByRate | null {
  const kept = 2 ** (-elapsedDays / halfLifeDays);
  // Twice within the clock's resolution: the change has no age, and is no evidence for a rate.
  if (exposureDays <= 0) return known?.map((evidence) => evidence * kept) ?? null;
  return rates.map((rate, at) => {
    const held = logHeldAt(rate, exposureDays);
    return (known?.[at] ?? 0) * kept + (isChanged ? Math.log(-Math.expm1(held)) : held);
  });
}

/** The probabilities of the rates of an offer, by the shares of all offers and what was observed of it; they add up to 1. */
export function weighRates(shares: ByRate, evidence: ByRate): ByRate {
  const most = Math.max(...evidence);
  const weights = shares.map((share, at) => share * Math.exp((evidence[at] ?? 0) - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** The rate by which `changeOdds` is, at both matched ages, what the probabilities of the rates make it. */
export function toChangeRate(weights: ByRate): ChangeRate {
  const { early, late } = matchedAges;
  const heldEarly = logHeld(weights, early);
  const ratio = logHeld(weights, late) / heldEarly;
  let { low, high }: { low: number; high: number } = dayBounds;
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    const days = Math.exp(middle);
    if (Math.log1p(late / days) / Math.log1p(early / days) < ratio) low = middle;
    else high = middle;
  }
  const days = Math.exp(low);
  return { changes: -heldEarly / Math.log1p(early / days), days };
}

/** The shares of offers by rate that make what was observed of a sample of them most likely (expectation maximization). */
export function fitShares(sample: readonly ByRate[], first: ByRate): ByRate {
  let shares = first;
  for (let round = 0; round < fitRounds; round += 1) {
    const sums = first.map((share) => share * firstOffers);
    for (const evidence of sample)
      for (const [at, weight] of weighRates(shares, evidence).entries()) sums[at] = (sums[at] ?? 0) + weight;
    shares = sums.map((sum) => sum / (sample.length + firstOffers));
  }
  return shares;
}
