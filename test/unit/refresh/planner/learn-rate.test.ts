import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeRate } from '../../../../src/refresh/planner/change-rate.ts';
import { firstPrior, nothingLearned, rateOf } from '../../../../src/refresh/planner/change-rate.ts';
import { fitPrior } from '../../../../src/refresh/planner/fit-prior.ts';
import { learnRate } from '../../../../src/refresh/planner/learn-rate.ts';
import { logGamma } from '../../../../src/refresh/planner/log-gamma.ts';
import { createWorldRandom } from '../../../../bench/planner/world-random.ts';

const changed = (exposureDays: number) => ({ exposureDays, elapsedDays: 0, isChanged: true });
const unchanged = (exposureDays: number) => ({ exposureDays, elapsedDays: 0, isChanged: false });
const mean = ({ changes, days }: ChangeRate) => changes / days;
const between = (min: number, max: number) =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp);

describe('what an observation shows of a rate', () => {
  it.each<[ChangeRate, number, number, number]>([
    [{ changes: 0.2, days: 10 }, 7, 1.1416993, 12.203556],
    [{ changes: 0.2, days: 10 }, 0.1, 1.1999782, 10.049635],
    [{ changes: 1.2, days: 11 }, 60, 1.4515892, 12.086266],
    [{ changes: 5, days: 20 }, 1, 5.9917147, 20.443312],
  ])('%j, changed after %d days, becomes (%d, %d)', (prior, ageDays, changes, days) => {
    const rate = rateOf(prior, learnRate(prior, nothingLearned, changed(ageDays)));
    expect(rate.changes).toBeCloseTo(changes, 6);
    expect(rate.days).toBeCloseTo(days, 5);
  });

  it('adds the days in which nothing changed, and forgets half in 90 days', () => {
    expect(learnRate(firstPrior, { changes: 2, days: 40 }, unchanged(5))).toEqual({ changes: 2, days: 45 });
    const later = learnRate(firstPrior, { changes: 2, days: 40 }, { ...unchanged(90), elapsedDays: 90 });
    expect(later).toEqual({ changes: 1, days: 110 });
  });

  it('never raises the rate without a change, nor lowers it with one', () => {
    const any = fc.record({ changes: between(0.05, 50), days: between(0.1, 1e4) });
    fc.assert(
      fc.property(any, between(1e-3, 1e4), (learned, ageDays) => {
        const before = mean(rateOf(firstPrior, learned));
        const after = (observation: typeof changed) =>
          mean(rateOf(firstPrior, learnRate(firstPrior, learned, observation(ageDays))));
        expect(after(unchanged)).toBeLessThanOrEqual(before);
        expect(after(changed)).toBeGreaterThanOrEqual(before * (1 - 1e-9));
      }),
    );
  });

  it('learns nothing from a change between two observations of the same moment', () => {
    expect(learnRate(firstPrior, { changes: 1, days: 1 }, changed(0))).toEqual({ changes: 1, days: 1 });
  });

  it('stays a distribution over 100,000 observations', () => {
    const random = createWorldRandom(1);
    let learned = nothingLearned;
    let bad = 0;
    for (let observation = 0; observation < 100_000; observation += 1) {
      const ageDays = 10 ** (random.uniform() * 7 - 3);
      const isChanged = random.uniform() < 0.5;
      learned = learnRate(firstPrior, learned, { exposureDays: ageDays, elapsedDays: ageDays, isChanged });
      if (!(learned.changes >= 0 && learned.days >= 0 && Number.isFinite(learned.changes))) bad += 1;
    }
    expect(bad).toBe(0);
  });
});

describe('the prior', () => {
  /** Offers with rates from Gamma(shape, shape/perDay), each observed ten times after five days. */
  function sampleOf(shape: number, perDay: number, offers: number): ChangeRate[] {
    const random = createWorldRandom(7);
    return Array.from({ length: offers }, () => {
      const rate = (random.gamma(shape) / shape) * perDay;
      let learned = nothingLearned;
      for (let observation = 0; observation < 10; observation += 1) {
        const isChanged = random.uniform() < 1 - Math.exp(-rate * 5);
        learned = learnRate(firstPrior, learned, { exposureDays: 5, elapsedDays: 0, isChanged });
      }
      return learned;
    });
  }

  it('is the first guess until a hundred offers were fetched', () => {
    expect(fitPrior(sampleOf(0.5, 0.1, 99), firstPrior)).toBe(firstPrior);
  });

  it('finds the distribution that the rates came from', () => {
    const prior = fitPrior(sampleOf(0.4, 0.05, 1500), firstPrior);
    expect(prior.changes).toBeGreaterThan(0.3);
    expect(prior.changes).toBeLessThan(0.5);
    expect(mean(prior)).toBeGreaterThan(0.04);
    expect(mean(prior)).toBeLessThan(0.06);
  });

  it('does not run away when nothing ever changes', () => {
    const prior = fitPrior(new Array<ChangeRate>(1500).fill({ changes: 0, days: 50 }), firstPrior);
    expect(prior.changes).toBeGreaterThan(0.01);
    expect(mean(prior)).toBeLessThan(0.02);
    expect(mean(prior)).toBeGreaterThan(1e-6);
  });

  it('has a gamma function that keeps its recursion and its known values', () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 11);
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 11);
    fc.assert(
      fc.property(between(1e-3, 1e4), (x) => {
        expect(logGamma(x + 1) - logGamma(x) - Math.log(x)).toBeCloseTo(0, 8);
      }),
    );
  });
});
