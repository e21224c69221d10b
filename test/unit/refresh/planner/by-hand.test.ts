import { describe, expect, it } from 'vitest';
import { bucketOf } from '../../../../src/refresh/planner/bucket.ts';
import { changeOdds, firstPrior, nothingLearned } from '../../../../src/refresh/planner/change-rate.ts';
import { feedWeight } from '../../../../src/refresh/planner/feed-weight.ts';
import { fitPrior } from '../../../../src/refresh/planner/fit-prior.ts';
import { logGamma } from '../../../../src/refresh/planner/log-gamma.ts';
import { defaultObjective } from '../../../../src/refresh/planner/objective.ts';
import { freshDays } from '../../../../src/refresh/planner/observation-gains.ts';
import {
  curveThrough,
  pageScore,
  pageValue,
  pageValues,
} from '../../../../src/refresh/planner/page-value.ts';
import {
  addEvidence,
  laterShareOf,
  shareOf,
  visibleEvidence,
} from '../../../../src/refresh/planner/visible-share.ts';
import { windowValue, type DueWindowState } from '../../../../src/refresh/planner/window-value.ts';

/* Figures that were reckoned by hand. */

describe('a bucket', () => {
  it.each([
    // 64 + 0 steps of weight, 64 - 5 of changes (ln 0.2 / 0.35), 64 + 6 of days (ln 10 / 0.4).
    [1, nothingLearned, (64 * 128 + 59) * 128 + 70],
    // ln 3 / 0.4 = 2.7; ln 1.2 / 0.35 = 0.5; ln 40 / 0.4 = 9.2.
    [3, { changes: 1, days: 30 }, (67 * 128 + 65) * 128 + 73],
    [1e99, { changes: 1e99, days: 1e99 }, 127 * 128 * 128 + 127 * 128 + 127],
    [1e-99, nothingLearned, 59 * 128 + 70],
  ])(
    'of weight %d and %j has a number, and those of wrong details follow below 0',
    (weight, learned, bucket) => {
      expect(bucketOf(weight, learned, false)).toBe(bucket);
      expect(bucketOf(weight, learned, true)).toBe(-1 - bucket);
    },
  );
});

describe('the curve of a page', () => {
  it('leads through what it is worth after half a day and four days', () => {
    expect(curveThrough({ soon: 0.5, late: 4 })).toEqual({ scale: 1, power: 1 });
    const squares = curveThrough({ soon: 0.5, late: 32 });
    expect([squares.scale, squares.power]).toEqual([expect.closeTo(2, 9), expect.closeTo(2, 9)]);
    expect(curveThrough({ soon: 0, late: 4 })).toEqual({ scale: 0, power: 1 });
  });

  it('has a score at each age', () => {
    expect(pageScore({ scale: 2, power: 2 }, 3)).toBe(18);
    expect(pageScore({ scale: 2, power: 2 }, -3)).toBe(0);
  });

  it('is that of offers whose rows and details are that old', () => {
    const valuation = { objective: defaultObjective, visibleShare: 0.7 };
    const offer = { weight: 2, rate: firstPrior, summaryAgeDays: 9, detailAgeDays: 9, isStale: false };
    const at = (age: number) => pageValue([{ ...offer, summaryAgeDays: age, detailAgeDays: age }], valuation);
    expect(pageValues([offer], valuation)).toEqual({ soon: at(0.5), late: at(4) });
  });
});

describe('what a window is worth', () => {
  const scale = { prior: { changes: 1, days: 10 }, meanPopularity: 2, arrivalsPerDay: 1, pageSize: 50 };
  const worth = { pages: 2, soonValue: 0.5, lateValue: 4, newOffers: 0, exposureDays: 27 };
  const of = (part: Partial<DueWindowState>) => windowValue({ ageDays: 4, worth, weight: 3, ...part }, scale);

  it('is what its pages show, and new offers', () => {
    // 4 days of popularity 2, and 0.1 new ones a day for 4 days; three times, on two pages.
    expect(of({})).toEqual({ kind: 'page', value: expect.closeTo(4.2, 9) as number });
  });

  it('is a discovery where new offers are worth more', () => {
    expect(of({ worth: { ...worth, newOffers: 27 } })).toEqual({
      ...{ kind: 'discovery', value: expect.closeTo(15, 9) as number },
    });
    // 2 and 2: four days of 0.25 new ones.
    const even = { ...worth, newOffers: 4.5 };
    expect(of({ worth: even })).toEqual({ kind: 'page', value: expect.closeTo(6, 9) as number });
  });

  it.each<[string, Partial<DueWindowState>]>([
    ['was never passed', { ageDays: null }],
    ['is not known', { worth: null }],
    ['has no page yet', { worth: { ...worth, pages: 0 } }],
  ])('is that of offers without any data while it %s', (_, part) => {
    // 10 ln 4 of the next 30 days.
    expect(freshDays(scale.prior, 30)).toBeCloseTo(13.863, 3);
    expect(of(part)).toEqual({
      kind: 'discovery',
      value: expect.closeTo(3 * 50 * 0.5 * 13.862_94, 3) as number,
    });
  });
});

describe('the weight of a feed', () => {
  const boosts = [
    { fromDay: '2026-11-10', untilDay: '2026-11-12', factor: 3 },
    { fromDay: '2026-11-12', untilDay: '2026-11-12', factor: 0.5 },
  ];

  it.each([
    ['2026-11-09T15:59:59Z', 2],
    ['2026-11-09T16:00:00Z', 6],
    ['2026-11-11T16:00:00Z', 3],
    ['2026-11-12T15:59:59Z', 3],
    ['2026-11-12T16:00:00Z', 2],
  ])('at %s is %d: boosts are by days of Shanghai', (at, weight) => {
    expect(feedWeight({ weight: 2, boosts }, new Date(at))).toBe(weight);
  });
});

describe('the share of changes that rows show', () => {
  it('is that of the evidence', () => {
    const share = addEvidence({ visible: 3, hidden: 1 }, { visible: 3, hidden: 5 });
    expect(share).toEqual({ visible: 6, hidden: 6 });
    expect(shareOf({ visible: 3, hidden: 1 })).toBe(0.75);
  });

  const rate = { changes: 1, days: 10 };
  const detail = { isChanged: true, rate, summaryAgeDays: 5, detailAgeDays: 20 };

  it.each([
    // The row after 15 of 20 days, and that of the detail: 1 change in 13.5 days. Hidden are those of 6 days: ln(19.5 / 13.5) = 0.3677 are
    // expected, and none has a chance of 13.5 / 19.5. A count of them says more: by 0.3677 / (19.5 / 13.5 - 1) = 0.8274.
    // 14 visible days at 1 change in 19.5.
    [0.7, { ...detail, isChanged: false }, (0.827_4 * 14) / 19.5, 0],
    // (1 / 13.5 - 13.5 / 19.5 / 19.5) / (6 / 19.5) = 0.1254 a day where there was a hidden one; 6 / 13.5 of these, if not none.
    [0.7, detail, 0.827_4 * 14 * 0.125_36, (0.827_4 * (6 / 13.5)) / (6 / 19.5)],
    // No row since: 1 change in 10 days.
    [0.7, { ...detail, isChanged: false, summaryAgeDays: 0 }, (0.783_3 * 14) / 16, 0],
    // All show, and one that did not was found.
    [1, { ...detail, isChanged: false }, 20 / 15, 0],
    [1, detail, 20 / 15, 1],
    // None shows.
    [0, { ...detail, isChanged: false }, 0, 0],
    [0.7, { ...detail, detailAgeDays: 0, summaryAgeDays: 0 }, 0, 0],
  ])('with %d so far learns from %j', (visibleShare, unprompted, visible, hidden) => {
    const evidence = visibleEvidence(unprompted, { visibleShare, dateShare: 0 });
    expect(evidence.visible).toBeCloseTo(visible, 3);
    expect(evidence.hidden).toBeCloseTo(hidden, 3);
  });

  it.each([
    // Nothing was observed beyond the first guess.
    [{ visible: 7, hidden: 3 }, 20, 0.7],
    // Beyond 0.97 of it 18.21 visible changes and 0.09 hidden ones: 0.9951 of those to come.
    [{ visible: 25, hidden: 3 }, 0, 25 / 28],
    [{ visible: 25, hidden: 3 }, 18.3, (25 + 18.21) / 46.3],
    // 1.21 and 18.09.
    [{ visible: 8, hidden: 21 }, 19.3, 9.21 / 48.3],
    // More of the first guess was forgotten than that.
    [{ visible: 148, hidden: 2 }, 50, 198 / 200],
    [{ visible: 5, hidden: 145 }, 50, 5 / 200],
  ])('of %j is, %d changes later, what it was without the guess', (known, changes, later) => {
    expect(laterShareOf(known, changes)).toBeCloseTo(later, 9);
  });

  it('counts a change by less where its date may have moved since the row', () => {
    // Of 7 days after the row 3.5 would show by a price and 3.5 by a date: 6 / 9.5 of what was found is hidden, of 9.5 days.
    const unprompted = { ...detail, summaryAgeDays: 10 };
    const evidence = visibleEvidence(unprompted, { visibleShare: 0.7, dateShare: 0.5 });
    const [before, after] = [1 / 13.5, 1 / 23];
    const found = 9.5 / 23;
    const weight = ((6 / 9.5) * Math.log(23 / 13.5)) / (23 / 13.5 - 1);
    expect(evidence.hidden).toBeCloseTo((weight * 6 * before) / found, 9);
    expect(evidence.visible).toBeCloseTo((weight * 14 * (before - (13.5 / 23) * after)) / found, 9);
  });
});

it('the odds of a change grow with the days', () => {
  // 1 - (1 + 30 / 10) ** -0.5
  expect(changeOdds({ changes: 0.5, days: 10 }, 30)).toBeCloseTo(0.5, 12);
});

describe('the prior that makes a sample most likely', () => {
  const sample = Array.from({ length: 300 }, (_, index) => ({
    changes: index % 3 === 0 ? 2 + (index % 5) : 0,
    days: 20 + (index % 7),
  }));
  const start = { changes: 0.5, days: 50 };

  /** Up to a constant: what is known beforehand of shape and mean, and the odds of each count. */
  function likelihood(shape: number, mean: number): number {
    const days = shape / mean;
    const known = (Math.log(shape / 0.2) / 0.5) ** 2 / 2 + Math.log(mean / 0.02) ** 2 / 2;
    const of = (one: (typeof sample)[number]) =>
      logGamma(shape + one.changes) -
      logGamma(shape) +
      shape * Math.log(days / (days + one.days)) -
      one.changes * Math.log(days + one.days);
    return sample.reduce((sum, one) => sum + of(one), -known);
  }

  it('is as likely as any near it, after some days', () => {
    const first = fitPrior(sample, start);
    const { changes, days } = [1, 2, 3].reduce((current) => fitPrior(sample, current), first);
    const [shape, mean] = [changes, changes / days];
    const best = likelihood(shape, mean);
    for (const by of [0.93, 1.07]) {
      expect(likelihood(shape * by, mean)).toBeLessThan(best);
      expect(likelihood(shape, mean * by)).toBeLessThan(best);
    }
    const likely = ({ changes: a, days: b }: typeof start) => likelihood(a, a / b);
    expect(best - likely(first)).toBeLessThan(1);
    expect(likely(start)).toBeLessThan(likely(first) - 5);
  });

  it('is the current one of fewer than a hundred', () => {
    expect(fitPrior(sample.slice(0, 99), start)).toBe(start);
    expect(fitPrior(sample.slice(0, 100), start)).not.toBe(start);
  });
});
