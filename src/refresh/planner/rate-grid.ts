import type { Figure } from '../../model/figures.ts';
import type { ChangeRate } from './change-rate.ts';
import { halfLifeDays, type RateObservation } from './learn-rate.ts';

/**
 * How often a figure of an offer changes, as a probability of each of ten rates. A single Gamma distribution does not fit a catalog in
 * which half of the offers never change and some change every day: it makes the latter too slow.
 */

/** One number for each of `rates`. */
export type ByRate = readonly number[];

/** Changes per day. Rates are close together where one day more or less matters. */
export const rates: ByRate = [0.0005, 0.002, 0.008, 0.03, 0.1, 0.25, 0.5, 1, 2, 4];

const anyFigure: ByRate = [0.3, 0.15, 0.15, 0.15, 0.1, 0.06, 0.04, 0.03, 0.015, 0.005];

/** Shares of offers by their rate, before anything was observed. */
export const firstShares: Readonly<Record<Figure, ByRate>> = {
  ...{ offer: anyFigure, price: anyFigure, in_stock: anyFigure, out_of_stock: anyFigure },
  // Few absent offers return.
  gone: [0.8, 0.1, 0.03, 0.02, 0.02, 0.02, 0.005, 0.003, 0.001, 0.001],
};

/** Number of offers that the first shares count for. */
const firstOffers = 20;
/**
 * The same for the shares of a figure at each rate of the offer: few of the offers that change daily are ever seen to run out of stock.
 */
const firstOffersOfRate = 4;

/** After this many rounds, shares move by less than a thousandth of themselves. */
const fitRounds = 50;

/**
 * At these ages, in days, the single rate and the probabilities of rates that it replaces give the same chance; between them, nearly so.
 */
const matchedAges = { early: 1, late: 10 } as const;

/**
 * Bounds for ln of the days of a `ChangeRate`: from an offer that keeps changing as fast, to one that hardly changes after the first day.
 */
const dayBounds = { low: Math.log(0.1), high: Math.log(1e6) } as const;

/**
 * Changes come in bursts, while somebody works on an offer: an offer that changes on half of all days stays the same for three days more
 * often than once in eight. So each time between two observations has its own rate, from a Gamma distribution of this shape around the
 * offer's rate. Without it, the predicted chance that offers that change nearly daily hold for a day was up to seven points too high.
 */
const evenness = 2;

/** ln of the probability that nothing changes within some days, at one rate of an offer. */
const logHeldAt = (rate: number, days: number) => -evenness * Math.log1p((rate * days) / evenness);

/** ln of that probability over all rates, by their weights. */
const logHeld = (weights: ByRate, days: number) =>
  Math.log(weights.reduce((sum, weight, at) => sum + weight * Math.exp(logHeldAt(rates[at] ?? 0, days)), 0));

/** An observation of a figure over some days. */
export interface FigureObservation extends Omit<RateObservation, 'isChanged'> {
  /** Probability that it changed in these days: 0 or 1 where that is known. */
  readonly changeOdds: number;
}

/** Evidence for each rate of some days in which a figure changed with this probability. */
const evidenceOf = (exposureDays: number, changeOdds: number): ByRate =>
  rates.map((rate) => {
    const held = logHeldAt(rate, exposureDays);
    return changeOdds * Math.log(-Math.expm1(held)) + (1 - changeOdds) * held;
  });

/**
 * Adds an observation to the evidence of one offer: for each rate, ln of the probability of everything observed, if that were its rate.
 * Half of it is forgotten in 90 days. Null: nothing was observed.
 */
export function addEvidence(
  known: ByRate | null,
  { exposureDays, elapsedDays, changeOdds }: FigureObservation,
): ByRate | null {
  const kept = 2 ** (-elapsedDays / halfLifeDays);
  // Observed twice within the clock's resolution: the change has no age, and is no evidence for a rate.
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

/** For each rate, the probability of everything observed, up to a common factor that avoids underflow. */
function likelihoods(evidence: ByRate): ByRate {
  const most = Math.max(...evidence);
  return evidence.map((one) => Math.exp(one - most));
}

/** Probabilities of the rates of an offer, from the shares of all offers and its own evidence; they add up to 1. */
export function weighRates(shares: ByRate, evidence: ByRate): ByRate {
  const likely = likelihoods(evidence);
  const weights = shares.map((share, at) => share * (likely[at] ?? 0));
  const all = sum(weights);
  return weights.map((weight) => weight / all);
}

/** The rate whose `changeOdds` equal, at both matched ages, those of the probabilities of rates. */
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

/** The shares of offers by rate under which the evidence of a sample is most likely (expectation maximization). */
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

/** Evidence for one figure of an offer. */
export interface SampledFigure {
  readonly evidence: ByRate;
  /** Evidence for the offer as a whole; null: nothing was observed. */
  readonly offerEvidence: ByRate | null;
}

/**
 * The shares of a figure by its own rate, for offers of each rate: an offer that somebody works on runs out of stock, and comes back in
 * stock, more often than others. Each offer of the sample counts for every pair of rates, by their probability (expectation
 * maximization).
 *
 * @param offerShares the shares of offers by their rate
 * @param shares those of the figure over all offers: used for offers of a rate of which nothing was observed
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
