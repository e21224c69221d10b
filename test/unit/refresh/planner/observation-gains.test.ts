import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeRate } from '../../../../src/refresh/planner/change-rate.ts';
import { firstPrior, nothingLearned, rateOf } from '../../../../src/refresh/planner/change-rate.ts';
import { learnRate } from '../../../../src/refresh/planner/learn-rate.ts';
import { freshDays, observationGains } from '../../../../src/refresh/planner/observation-gains.ts';
import { defaultObjective } from '../../../../src/refresh/planner/objective.ts';
import { detailValue, orderingAgeDays, summaryValue } from '../../../../src/refresh/planner/offer-value.ts';
import { pageValue } from '../../../../src/refresh/planner/page-value.ts';
import { expectedGains, furthestApart, gainsOfKnownRate, twoOrMore } from './expected-gains.ts';

const between = (min: number, max: number) =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp);
const anyRate = fc.record({ changes: between(0.05, 100), days: between(0.1, 1e4) });
const anyAge = between(1e-3, 1e4);

const firstObservation = { exposureDays: 7, elapsedDays: 7, isChanged: true };
const oneClock = { ...defaultObjective, lagWeight: 0.25, summaryShare: 0 };
const valuation = { objective: defaultObjective, visibleShare: 0.7 };

describe('the gains of an observation', () => {
  it('equal the vectors of known rates', () => {
    expect(twoOrMore(0.5)).toBeCloseTo(0.09020401, 8);
    expect(twoOrMore(3)).toBeCloseTo(0.80085173, 8);
    const gains = gainsOfKnownRate(0.1, 7);
    expect(gains.fresh).toBeCloseTo(1.5580498, 7);
    expect(gains.captured).toBeCloseTo(0.15580498, 8);
    expect(gains.lagging).toBeCloseTo(1.965853, 6);
  });

  it.each<[ChangeRate, number, number[]]>([
    [{ changes: 0.2, days: 10 }, 7, [0.3151909, 0.026627399, 0.3896276]],
    [{ changes: 1, days: 10 }, 7, [1.1886355, 0.16955017, 1.6937175]],
  ])('equal the vectors of %j after %d days', (rate, ageDays, [fresh, captured, lagging]) => {
    const gains = observationGains(rate, ageDays);
    expect([gains.fresh, gains.captured, gains.lagging]).toEqual([
      expect.closeTo(fresh ?? NaN, 7),
      expect.closeTo(captured ?? NaN, 8),
      expect.closeTo(lagging ?? NaN, 6),
    ]);
  });

  it('keep their digits where a copy is minutes old', () => {
    expect(observationGains({ changes: 0.2, days: 10 }, 0.005).fresh / 2.499e-7).toBeCloseTo(1, 5);
  });

  it('are those of a known rate, averaged over the distribution, to 1e-6', () => {
    fc.assert(
      fc.property(anyRate, anyAge, (rate, ageDays) => {
        expect(furthestApart(observationGains(rate, ageDays), expectedGains(rate, ageDays))).toBeLessThan(
          1e-6,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('are exact around one change, where the closed form divides zero by zero', () => {
    for (const off of [0, 1e-15, -1e-12, 1e-9, -1e-6, 1e-3]) {
      for (const ageDays of [1e-3, 0.5, 70, 1e4]) {
        const rate = { changes: 1 + off, days: 12 };
        expect(furthestApart(observationGains(rate, ageDays), expectedGains(rate, ageDays))).toBeLessThan(
          1e-6,
        );
      }
    }
  });

  it('never shrink as the copy ages, are never negative and always numbers', () => {
    fc.assert(
      fc.property(anyRate, anyAge, between(1e-6, 1e3), (rate, ageDays, more) => {
        const [young, old] = [observationGains(rate, ageDays), observationGains(rate, ageDays + more)];
        for (const gain of ['fresh', 'captured', 'lagging'] as const) {
          expect(young[gain]).toBeGreaterThanOrEqual(0);
          expect(old[gain]).toBeGreaterThanOrEqual(young[gain] * (1 - 1e-9));
        }
        expect(freshDays(rate, ageDays)).toBeLessThanOrEqual(ageDays * (1 + 1e-12));
      }),
    );
  });

  it('are nothing for a copy of this moment', () => {
    expect(observationGains({ changes: 1, days: 1 }, 0)).toEqual({ fresh: 0, captured: 0, lagging: 0 });
  });
});

describe('the value of a call', () => {
  const offer = {
    weight: 1,
    rate: { changes: 0.2, days: 10 },
    summaryAgeDays: 7,
    detailAgeDays: 7,
    isStale: false,
  };

  it('equals the vector of a catalog without search pages', () => {
    expect(detailValue(offer, { objective: oneClock, visibleShare: 1 })).toBeCloseTo(0.4392252, 7);
  });

  it('is what docs/planner-model.md says in its example', () => {
    const rate = rateOf(firstPrior, learnRate(firstPrior, nothingLearned, firstObservation));
    const bestseller = { weight: 3, rate, summaryAgeDays: 2, detailAgeDays: 5, isStale: false };
    const shown = [
      rate.changes.toFixed(4),
      rate.days.toFixed(4),
      `| ${orderingAgeDays(bestseller, valuation).toFixed(2)} |`,
      `| ${detailValue(bestseller, valuation).toFixed(4)} |`,
      `| ${pageValue([bestseller], valuation).toFixed(4)} |`,
      `| ${detailValue({ ...bestseller, isStale: true }, valuation).toFixed(2)} |`,
    ];
    expect(shown).toEqual(['1.1417', '12.2036', '| 2.45 |', '| 0.7855 |', '| 0.2548 |', '| 21.03 |']);
    const text = readFileSync(
      new URL('../../../../docs/planner-model.md', import.meta.url),
      'utf8',
    ).replaceAll(/ +/g, ' ');
    expect(shown.filter((part) => !text.includes(part))).toEqual([]);
  });

  it('grows with both ages and in proportion to the weight', () => {
    fc.assert(
      fc.property(anyRate, anyAge, anyAge, between(0.05, 50), (rate, youngest, more, weight) => {
        const ages = { summaryAgeDays: youngest, detailAgeDays: youngest + more, isStale: false };
        const value = detailValue({ weight: 1, rate, ...ages }, valuation);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(detailValue({ weight, rate, ...ages }, valuation) / (weight * value)).toBeCloseTo(1, 9);
        const older = {
          summaryAgeDays: youngest * 1.5,
          detailAgeDays: youngest * 1.5 + more,
          isStale: false,
        };
        expect(detailValue({ weight: 1, rate, ...older }, valuation)).toBeGreaterThanOrEqual(value);
        expect(summaryValue({ weight: 1, rate, ...older }, valuation)).toBeGreaterThanOrEqual(
          summaryValue({ weight: 1, rate, ...ages }, valuation),
        );
      }),
    );
  });

  it('is the same order as that of age among offers that weigh and change alike', () => {
    fc.assert(
      fc.property(anyRate, anyAge, anyAge, (rate, one, other) => {
        const valueAt = (ageDays: number) =>
          detailValue(
            { weight: 1, rate, summaryAgeDays: ageDays, detailAgeDays: ageDays, isStale: false },
            valuation,
          );
        if (one <= other) expect(valueAt(one)).toBeLessThanOrEqual(valueAt(other) * (1 + 1e-9));
      }),
    );
  });
});
