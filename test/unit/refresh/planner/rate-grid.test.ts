import { describe, expect, it } from 'vitest';
import { changeOdds } from '../../../../src/refresh/planner/change-rate.ts';
import {
  addEvidence,
  firstShares,
  fitByOfferRate,
  fitShares,
  mixShares,
  rates,
  toChangeRate,
  weighRates,
  withdrawEvidence,
} from '../../../../src/refresh/planner/rate-grid.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const at = (numbers: readonly number[] | null | undefined, rate: number) => numbers?.[rates.indexOf(rate)];
const unchanged = (exposureDays: number) => ({ exposureDays, elapsedDays: 0, changeOdds: 0 });
const changed = (exposureDays: number) => ({ exposureDays, elapsedDays: 0, changeOdds: 1 });
/** ln of the probability that nothing changes in so many days at a mean rate of one a day, which is spread as a Gamma of shape 2. */
const logHeld = (days: number) => -2 * Math.log(1 + days / 2);
const held = (weights: readonly number[], days: number) =>
  sum(weights.map((weight, index) => weight * Math.exp(logHeld((rates[index] ?? 0) * days))));

describe('evidence', () => {
  it('is how likely a rate makes what was observed', () => {
    expect(at(addEvidence(null, unchanged(7)), 0.25)).toBeCloseTo(logHeld(1.75), 12);
    expect(at(addEvidence(null, changed(2)), 0.1)).toBeCloseTo(Math.log(1 - 1.1 ** -2), 12);
    const both = addEvidence(addEvidence(null, unchanged(7)), changed(2));
    expect(at(both, 0.1)).toBeCloseTo(logHeld(0.7) + Math.log(1 - 1.1 ** -2), 12);
    expect(both).toHaveLength(rates.length);
  });

  it('is half forgotten after 90 days', () => {
    const known = addEvidence(null, unchanged(4));
    expect(at(addEvidence(known, { ...unchanged(3), elapsedDays: 90 }), 1)).toBeCloseTo(
      logHeld(4) / 2 + logHeld(3),
      12,
    );
    expect(at(addEvidence(known, { ...unchanged(0), elapsedDays: 90 }), 1)).toBeCloseTo(logHeld(4) / 2, 12);
  });

  it('of days that changed it as likely as not is of both, and can be taken back', () => {
    const known = addEvidence(null, unchanged(3)) ?? [];
    const doubted = addEvidence(known, { ...changed(2), changeOdds: 0.75 }) ?? [];
    expect(at(doubted, 1)).toBeCloseTo(
      logHeld(3) + 0.75 * Math.log(-Math.expm1(logHeld(2))) + 0.25 * logHeld(2),
      12,
    );
    const withdrawn = withdrawEvidence(doubted, { exposureDays: 2, changeOdds: 0.75 });
    expect(withdrawn).toEqual(known.map((one) => expect.closeTo(one, 12) as number));
    expect(withdrawEvidence(known, { exposureDays: 0, changeOdds: 1 })).toEqual(known);
  });

  it('is none where no time went by', () => {
    for (const observation of [changed(0), unchanged(0), changed(-1)])
      expect(addEvidence(null, observation)).toBeNull();
  });
});

describe('the probabilities of rates', () => {
  it('are the shares, as far as nothing speaks against them', () => {
    const nothing = rates.map(() => 0);
    expect(weighRates(firstShares.price, nothing)).toEqual(
      firstShares.price.map((share) => expect.closeTo(share, 12) as number),
    );
    // Twice as many offers of one rate, and half as likely by it.
    const shares = rates.map((rate) => (rate === 1 ? 2 / 3 : rate === 2 ? 1 / 3 : 0));
    const weights = weighRates(
      shares,
      rates.map((rate) => (rate === 1 ? Math.log(0.5) : 0)),
    );
    expect([at(weights, 1), at(weights, 2)]).toEqual([expect.closeTo(0.5, 12), expect.closeTo(0.5, 12)]);
  });

  it('add up to 1, whatever was observed', () => {
    const evidence = addEvidence(addEvidence(null, unchanged(3650)), changed(0.001)) ?? [];
    expect(sum(weighRates(firstShares.offer, evidence))).toBeCloseTo(1, 12);
  });
});

describe('the rate that stands for them', () => {
  it.each([
    ['of a new catalog', firstShares.price],
    ['of offers that are gone', firstShares.gone],
    ['of one that changed in a week', weighRates(firstShares.price, addEvidence(null, changed(7)) ?? [])],
    ['of one that did not in a month', weighRates(firstShares.price, addEvidence(null, unchanged(30)) ?? [])],
  ])('is as likely unchanged after one and after ten days: %s', (_, weights) => {
    const rate = toChangeRate(weights);
    for (const days of [1, 10]) expect(1 - changeOdds(rate, days)).toBeCloseTo(held(weights, days), 6);
    for (const days of [0.5, 3, 30])
      expect(Math.abs(1 - changeOdds(rate, days) - held(weights, days))).toBeLessThan(0.05);
  });

  it('is that of one rate where there is but one', () => {
    const rate = toChangeRate(rates.map((one) => (one === 0.25 ? 1 : 0)));
    for (const days of [1, 5, 20])
      expect(changeOdds(rate, days)).toBeCloseTo(1 - Math.exp(logHeld(0.25 * days)), 5);
  });

  it('has a finite mean where half of all offers never change and half always do', () => {
    const weights = rates.map((one) => (one === 0.0005 || one === 4 ? 0.5 : 0));
    const rate = toChangeRate(weights);
    expect(rate.days).toBeCloseTo(0.1, 6);
    expect(1 - changeOdds(rate, 1)).toBeCloseTo(held(weights, 1), 6);
  });
});

describe('the shares of offers by rate', () => {
  it('are the first ones, where nothing was observed', () => {
    for (const first of Object.values(firstShares)) {
      expect(sum(first)).toBeCloseTo(1, 12);
      expect(fitShares([], first)).toEqual(first.map((share) => expect.closeTo(share, 12) as number));
    }
  });

  it('are those of the offers that were observed', () => {
    // Three of four did not change in half a year, one of four does every day.
    const never = addEvidence(null, unchanged(180)) ?? [];
    const daily = Array.from({ length: 9 }).reduce<readonly number[]>(
      (known) => addEvidence(known, changed(1)) ?? [],
      rates.map(() => 0),
    );
    const shares = fitShares(
      [...Array<typeof never>(750).fill(never), ...Array<typeof never>(250).fill(daily)],
      firstShares.offer,
    );
    expect(sum(shares)).toBeCloseTo(1, 9);
    expect(sum(shares.slice(0, 3))).toBeGreaterThan(0.72);
    expect(sum(shares.slice(7))).toBeGreaterThan(0.23);
    expect(sum(shares.slice(4, 7))).toBeLessThan(0.02);
  });
});

describe('the shares of a figure by the rate of its offer', () => {
  const times = (count: number, observation: ReturnType<typeof changed>) =>
    Array.from({ length: count }).reduce<readonly number[]>(
      (known) => addEvidence(known, observation) ?? [],
      rates.map(() => 0),
    );
  const [never, daily] = [times(1, unchanged(180)), times(9, changed(1))];
  const { offer: offerShares, in_stock: shares } = firstShares;

  it('are those of all where nothing was observed', () => {
    for (const row of fitByOfferRate([], offerShares, shares))
      expect(row).toEqual(shares.map((share) => expect.closeTo(share, 12) as number));
  });

  it('are those of the offers of each rate', () => {
    // What changes daily sells out daily; the rest is never sold out.
    const sample = Array.from({ length: 200 }, (_, index) =>
      index % 4 === 0 ? { evidence: daily, offerEvidence: daily } : { evidence: never, offerEvidence: never },
    );
    const fitted = fitByOfferRate(sample, offerShares, shares);
    for (const row of fitted) expect(sum(row)).toBeCloseTo(1, 9);
    const ofBusy = mixShares(fitted, weighRates(offerShares, daily));
    // Of a tenth of all by the first guess, which counts as four of some ten offers of each rate.
    expect(sum(ofBusy.slice(6))).toBeGreaterThan(0.8);
    const ofStill = mixShares(fitted, weighRates(offerShares, never));
    expect(sum(ofStill.slice(0, 3))).toBeGreaterThan(0.95);
    // One of which nothing is known may be either.
    expect(sum(mixShares(fitted, offerShares))).toBeCloseTo(1, 9);
  });

  it('take an offer of which nothing is known for any', () => {
    const evidence = times(1, changed(1));
    const alone = fitByOfferRate([{ evidence, offerEvidence: null }], offerShares, shares);
    const spread = fitByOfferRate([{ evidence, offerEvidence: rates.map(() => 0) }], offerShares, shares);
    expect(alone).toEqual(spread);
    expect(alone[0]?.[0]).toBeLessThan(shares[0] ?? 0);
  });
});
