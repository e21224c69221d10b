import { describe, expect, it } from 'vitest';
import { changeOdds } from '../../../../src/refresh/planner/change-rate.ts';
import { drawChanges, type ChangeTerms } from '../../../../src/refresh/forecast/draw-changes.ts';
import { seededDraws } from '../../../../src/refresh/forecast/seeded-draws.ts';

const terms: ChangeTerms = {
  ...{ rate: { changes: 1, days: 10 }, visibleShare: 0.75, summaryAgeDays: 0, detailAgeDays: 0 },
  untilDays: 100,
};

/** These values, one after the other, and then such that nothing more comes. */
function drawsOf(...values: readonly number[]): () => number {
  const left = [...values];
  return () => left.shift() ?? 1e-12;
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('changes to come', () => {
  it('wait as long as the rate says, and each makes the next likelier', () => {
    // 10 (1 / 0.5 - 1) = 10 days; then two changes in 20 days: 20 (1 / 0.25 ** 0.5 - 1) = 20 more.
    expect(drawChanges(terms, drawsOf(0.5, 0.7, 0.25, 0.8))).toEqual([
      { atDays: expect.closeTo(10, 9) as number, isVisible: true },
      { atDays: expect.closeTo(30, 9) as number, isVisible: false },
    ]);
  });

  it('are none where the first comes later', () => {
    // 10 (1 / 0.09 - 1) = 101 days.
    expect(drawChanges(terms, drawsOf(0.09))).toEqual([]);
  });

  it('may have come before: hidden ones since the detail, visible ones since the row', () => {
    const ages = { summaryAgeDays: 4, detailAgeDays: 12 };
    // A quarter of eight days: the first two days of exposure. 10 (1 / x - 1) = 1, then 11 (1 / x ** 0.5 - 1) = 3 more.
    const drawn = drawChanges({ ...terms, ...ages }, drawsOf(10 / 11, 0, (11 / 14) ** 2, 0));
    expect(drawn).toEqual([
      { atDays: expect.closeTo(-8, 9) as number, isVisible: false },
      { atDays: expect.closeTo(-2, 9) as number, isVisible: true },
    ]);
  });

  it('come to as many of many offers as the planner expects, and show in its share', () => {
    const draw = seededDraws(7);
    const rate = { changes: 0.2, days: 3 };
    const all = Array.from({ length: 20_000 }, () => drawChanges({ ...terms, rate, untilDays: 8 }, draw));
    const odds = changeOdds(rate, 8);
    expect(meanOf(all.map(({ length }) => (length > 0 ? 1 : 0)))).toBeCloseTo(odds, 2);
    // As many on the first day as on the last: 0.2 / 3 a day.
    const changes = all.flat();
    for (const day of [0, 7]) {
      const own = changes.filter(({ atDays }) => atDays >= day && atDays < day + 1);
      expect(own.length / all.length).toBeCloseTo(0.2 / 3, 2);
    }
    const shown = meanOf(changes.map(({ isVisible }) => Number(isVisible)));
    expect(Math.abs(shown - 0.75)).toBeLessThan(0.015);
  });
});

describe('seeded draws', () => {
  it('are the same for a seed, others for another', () => {
    const [one, same, other] = [seededDraws(3), seededDraws(3), seededDraws(4)];
    const first = one();
    expect(same()).toBe(first);
    expect(other()).not.toBe(first);
    expect(one()).not.toBe(first);
  });

  it('are uniform, also the first ones of seeds that follow one another', () => {
    const draw = seededDraws(1);
    const ofOne = Array.from({ length: 20_000 }, draw);
    const firsts = Array.from({ length: 20_000 }, (_, seed) => seededDraws(seed)());
    for (const values of [ofOne, firsts]) {
      expect(meanOf(values)).toBeCloseTo(1 / 2, 2);
      expect(meanOf(values.map((value) => value ** 2))).toBeCloseTo(1 / 3, 2);
      expect(Math.min(...values)).toBeGreaterThan(0);
      expect(Math.max(...values)).toBeLessThan(1);
    }
  });
});
