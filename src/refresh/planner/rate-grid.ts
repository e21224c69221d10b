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
/** Those of a figure, at each rate of the offer: few of the offers that change daily are ever seen to run out of stock. */
const firstOffersOfRate = 4;

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

/** What some days say of a figure. */
export interface FigureObservation extends Omit<RateObservation, 'isChanged'> {
  /** How likely it changed in them: 0 or 1 where that is known. */
  readonly changeOdds: number;
}

/** What days in which a figure changed with this probability say of each rate. */
const evidenceOf = (exposureDays: number, changeOdds: number): ByRate =>
  rates.map((rate) => {
    const held = logHeldAt(rate, exposureDays);
    return changeOdds * Math.log(-Math.expm1(held)) + (1 - changeOdds) * held;
  });

/**
 * Adds an observation to what is known of one offer: of each rate, ln of the probability of all that was observed, if that were its
 * rate. Half of it is forgotten in 90 days. Null: nothing was observed.
 */
export function addEvidence(
  known: ByRate | null,
  { exposureDays, elapsedDays, changeOdds }: FigureObservation,
): ByRate | null {
  const kept = 2 ** (-elapsedDays / halfLifeDays);
  // Twice within the clock's resolution: the change has no age, and is no evidence for a rate.
  if (exposureDays <= 0) return known?.map((evidence) => evidence * kept) ?? null;
  const shown = evidenceOf(exposureDays, changeOdds);
  return rates.map((_, at) => (known?.[at] ?? 0) * kept + (shown[at] ?? 0));
}

/** Takes back what `addEvidence` added, before any of it was forgotten. */
export function withdrawEvidence(
  known: ByRate,
  { exposureDays, changeOdds }: Omit<FigureObservation, 'elapsedDays'>,
): ByRate {
  if (exposureDays <= 0) return known;
  const shown = evidenceOf(exposureDays, changeOdds);
  return known.map((evidence, at) => evidence - (shown[at] ?? 0));
}

const sum = (numbers: ByRate) => numbers.reduce((total, number) => total + number, 0);

/** Of each rate, the probability of what was observed, but for a common factor that keeps it from being too small for a number. */
function likelihoods(evidence: ByRate): ByRate {
  const most = Math.max(...evidence);
  return evidence.map((one) => Math.exp(one - most));
}

/** The probabilities of the rates of an offer, by the shares of all offers and what was observed of it; they add up to 1. */
export function weighRates(shares: ByRate, evidence: ByRate): ByRate {
  const likely = likelihoods(evidence);
  const weights = shares.map((share, at) => share * (likely[at] ?? 0));
  const all = sum(weights);
  return weights.map((weight) => weight / all);
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
    shares = sums.map((offers) => offers / (sample.length + firstOffers));
  }
  return shares;
}

/** What was observed of one figure of an offer. */
export interface SampledFigure {
  readonly evidence: ByRate;
  /** Of the offer as a whole; null: nothing. */
  readonly offerEvidence: ByRate | null;
}

/**
 * The shares of a figure by its own rate, of the offers of each rate: one that is being worked on runs out of stock, and has some
 * again, more often than one that is left alone. Each offer of the sample counts at all pairs of rates, as likely as it has them
 * (expectation maximization).
 *
 * @param offerShares the shares of offers by their rate
 * @param shares those of the figure, of all offers alike: what is taken of offers of a rate of which nothing was observed
 */
export function fitByOfferRate(
  sample: readonly SampledFigure[],
  offerShares: ByRate,
  shares: ByRate,
): readonly ByRate[] {
  const weighed = sample.map(({ evidence, offerEvidence }) => ({
    offerWeights: offerEvidence === null ? offerShares : weighRates(offerShares, offerEvidence),
    likely: likelihoods(evidence),
  }));
  let fitted: readonly ByRate[] = rates.map(() => shares);
  for (let round = 0; round < fitRounds; round += 1) {
    const sums = rates.map(() => shares.map((share) => share * firstOffersOfRate));
    for (const { offerWeights, likely } of weighed) {
      const pairs = fitted.map((row, i) =>
        row.map((share, j) => (offerWeights[i] ?? 0) * share * (likely[j] ?? 0)),
      );
      const all = sum(pairs.map(sum));
      for (const [i, row] of sums.entries())
        for (const j of row.keys()) row[j] = (row[j] ?? 0) + (pairs[i]?.[j] ?? 0) / all;
    }
    fitted = sums.map((row) => {
      const all = sum(row);
      return row.map((one) => one / all);
    });
  }
  return fitted;
}

/** The shares that `fitByOfferRate` gives an offer with these probabilities of its rates. */
export const mixShares = (byOfferRate: readonly ByRate[], offerWeights: ByRate): ByRate =>
  rates.map((_, j) => sum(offerWeights.map((weight, i) => weight * (byOfferRate[i]?.[j] ?? 0))));
