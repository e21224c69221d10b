import { describe, expect, it } from 'vitest';
import type { Knowledge, SampledOffer } from '../../../../src/refresh/forecast/knowledge.ts';
import { runAhead, type AheadTerms } from '../../../../src/refresh/forecast/run-ahead.ts';
import { knowledge, offer } from './known-world.ts';

/** Offers that hardly ever change, a hundred alike without rows, three days old; the next run is now. */
const still: Knowledge = {
  ...knowledge,
  prior: { changes: 1e-6, days: 1 },
  freshness: { ...knowledge.freshness, detail: 0.1 },
  offers: [{ feeds: ['a'], offers: 100, sample: [{ ...offer, summaryAgeDays: 3 }], isAssumed: false }],
};
const noRows = new Map([['a', Infinity]]);
const dailyRows = new Map([['a', 1]]);
const terms: AheadTerms = { days: 10, rowEveryDays: noRows, callsPerDay: 10 };

const withSample = (sample: readonly SampledOffer[], other: Partial<Knowledge> = {}): Knowledge => ({
  ...{ ...still, ...other },
  offers: [{ feeds: ['a'], offers: 100, sample, isAssumed: false }],
});

describe('details of the days to come', () => {
  it('are fetched oldest first where all are alike', () => {
    const { ages, callsPerDay, fresh } = runAhead(still, terms);
    // After run k, ten are of each age from 0 to k days, and the 90 - 10 k others 3 + k days old: 4,200 days of 1,000 details. Until
    // the next run they get half a day older on average.
    expect(ages.meanDays).toBeCloseTo(4.7, 6);
    // Of 0, 1, 2 and 3 days 100, 90, 80 and 70 + 90, of 4 days 60 + 80: the median is 70 of 140 into the fifth day.
    expect(ages.medianDays).toBeCloseTo(4 + 70 / 140, 6);
    expect(callsPerDay).toBeCloseTo(10, 6);
    expect(fresh).toBeGreaterThan(0.999);
  });

  it('get older by the days that go by, and not older', () => {
    const { ages, callsPerDay } = runAhead(still, { ...terms, callsPerDay: 0 });
    // 3 to 12 days after ten runs, and up to a day more.
    expect(ages.meanDays).toBeCloseTo(8, 6);
    expect(ages.p90Days).toBeCloseTo(12, 2);
    expect(callsPerDay).toBe(0);
  });

  it('are left alone until they are old enough', () => {
    // The mean of row and detail: their common age.
    const { ages, callsPerDay } = runAhead(
      { ...still, freshness: { ...still.freshness, detail: 5 } },
      { ...terms, callsPerDay: 1000 },
    );
    // At 5 days, so after two days and again after seven.
    expect(callsPerDay).toBeCloseTo(20, 6);
    expect(ages.meanDays).toBeCloseTo((3 + 4 + 0 + 1 + 2 + 3 + 4 + 0 + 1 + 2) / 10 + 0.5, 6);
  });

  it('are first fetched by the next run, a day after the last', () => {
    const seenNow = withSample([{ ...offer, summaryAgeDays: 0.25, detailAgeDays: 3 }]);
    const { ages } = runAhead(seenNow, { ...terms, days: 1, callsPerDay: 0 });
    expect(ages.meanDays).toBeCloseTo(3.75 + 0.5, 6);
    // Offers that are only assumed were seen by no run.
    const assumed = { ...offer, summaryAgeDays: 0, detailAgeDays: 0, hasDetail: false, isStale: true };
    const mixed = withSample([{ ...offer, summaryAgeDays: 3 }, assumed]);
    expect(runAhead(mixed, { ...terms, days: 1, callsPerDay: 0 }).ages.meanDays).toBeCloseTo(3.5, 6);
  });

  it('wait a run longer where they failed', () => {
    const postponed = withSample([{ ...offer, summaryAgeDays: 3, isPostponed: true }]);
    expect(runAhead(postponed, { ...terms, days: 1 }).callsPerDay).toBe(0);
    expect(runAhead(postponed, { ...terms, days: 2 }).callsPerDay).toBeCloseTo(5, 6);
  });

  it('are wrong until they are fetched where a row has shown a change', () => {
    const stale = withSample([{ ...offer, isStale: true, summaryAgeDays: 3 }]);
    expect(runAhead(stale, { ...terms, callsPerDay: 0 }).fresh).toBe(0);
    // A tenth of them, and two tenths a day later.
    expect(runAhead(stale, { ...terms, days: 2 }).fresh).toBeCloseTo(0.15, 3);
  });

  it('count once they are there', () => {
    const missing = withSample([{ ...offer, hasDetail: false, isStale: true, summaryAgeDays: 3 }]);
    const { ages, fresh } = runAhead(missing, { ...terms, days: 2 });
    // 10 of 0 days; then 10 of 1 day and 10 of 0.
    expect(ages.meanDays).toBeCloseTo(1 / 3 + 0.5, 6);
    expect(fresh).toBeGreaterThan(0.999);
    expect(runAhead(missing, { ...terms, callsPerDay: 0 })).toMatchObject({
      ages: { meanDays: Infinity, medianDays: Infinity, p90Days: Infinity },
      fresh: 0,
    });
  });
});

describe('rows of the days to come', () => {
  /** One change in ten days, for certain; rows show all of them. */
  const steady: Partial<Knowledge> = {
    ...{ prior: { changes: 1e6, days: 1e7 }, visibleShare: 1 },
    freshness: { ...knowledge.freshness, detail: 300 },
  };
  const seenNow: SampledOffer = { ...offer, summaryAgeDays: 0, detailAgeDays: 3 };

  it('prompt a detail for each change that they show', () => {
    const { callsPerDay, fresh } = runAhead(withSample([seenNow], steady), {
      ...terms,
      rowEveryDays: dailyRows,
      callsPerDay: 1000,
    });
    expect(callsPerDay).toBeCloseTo(100 * -Math.expm1(-0.1), 0);
    // Half a day after the run.
    expect(fresh).toBeCloseTo(Math.exp(-0.05), 1);
  });

  it('leave details wrong for which there are no calls', () => {
    const { fresh } = runAhead(withSample([seenNow], steady), {
      ...terms,
      rowEveryDays: dailyRows,
      callsPerDay: 0,
    });
    const expected = Array.from({ length: 10 }, (_, run) => Math.exp(-0.1 * (run + 1.5)));
    expect(fresh).toBeCloseTo(expected.reduce((sum, share) => sum + share, 0) / 10, 1);
  });

  it('that come every third day prompt as many, later', () => {
    const { callsPerDay } = runAhead(withSample([seenNow], steady), {
      ...terms,
      days: 12,
      rowEveryDays: new Map([['a', 3]]),
      callsPerDay: 1000,
    });
    expect(callsPerDay).toBeCloseTo((100 / 3) * -Math.expm1(-0.3), 0);
  });

  it('that are due between two runs come with the next, and as often as they should', () => {
    const daily = { ...steady, prior: { changes: 1e6, days: 1e6 } };
    const { callsPerDay } = runAhead(withSample([seenNow], daily), {
      ...terms,
      rowEveryDays: new Map([['a', 2.5]]),
      callsPerDay: 1000,
    });
    // After 3, 5, 8 and 10 days.
    expect(callsPerDay).toBeCloseTo(10 * (4 - 2 * Math.exp(-2) - 2 * Math.exp(-3)), 0);
  });

  it('show nothing new after a detail that has the change', () => {
    // It is fetched daily, without rows: each finds what came, and rows of the same day find nothing more.
    const daily = { ...steady, freshness: { ...knowledge.freshness, detail: 0.1 } };
    const { callsPerDay } = runAhead(withSample([seenNow], { ...daily, visibleShare: 0.5 }), {
      ...terms,
      callsPerDay: 1000,
    });
    expect(callsPerDay).toBeCloseTo(100, 6);
  });
});

describe('the share of changes that rows show', () => {
  /** One change in ten days, for certain; details are due by the share that rows vouch for. */
  const learning: Partial<Knowledge> = { prior: { changes: 1e6, days: 1e7 } };
  const seenNow = Array.from({ length: 15 }, (_, detailAgeDays): SampledOffer => {
    return { ...offer, summaryAgeDays: 0, detailAgeDays };
  });
  const runWith = (shown: Knowledge['shown'], visibleShare: number) =>
    runAhead(
      withSample(seenNow, {
        ...{ ...learning, shown, visibleShare },
        freshness: { ...knowledge.freshness, detail: 0.8 },
      }),
      { ...terms, days: 20, rowEveryDays: dailyRows, callsPerDay: 1000 },
    );

  it('is learned meanwhile, so that details that were right are asked for later', () => {
    // 18 visible changes beyond the first guess and no hidden one: from 0.89 it goes towards 1.
    const [still, learned] = [null, { visible: 25, hidden: 3 }].map((shown) => runWith(shown, 25 / 28));
    expect(learned?.callsPerDay).toBeLessThan(0.9 * (still?.callsPerDay ?? 0));
    expect(learned?.ages.meanDays).toBeGreaterThan(1.1 * (still?.ages.meanDays ?? Infinity));
  });

  it('stays as it was guessed where nothing was observed', () => {
    const [still, guessed] = [null, { visible: 7, hidden: 3 }].map((shown) => runWith(shown, 0.7));
    expect(guessed?.callsPerDay).toBeCloseTo(still?.callsPerDay ?? 0, 9);
    expect(guessed?.ages.meanDays).toBeCloseTo(still?.ages.meanDays ?? 0, 9);
  });
});

describe('calls', () => {
  const mixed = withSample(
    [0.5, 2, 8].flatMap((popularity) =>
      [0, 4, 9].map((detailAgeDays) => ({
        ...{ ...offer, popularity, detailAgeDays, summaryAgeDays: Math.min(1, detailAgeDays) },
        learned: { changes: detailAgeDays / 4, days: 12 },
      })),
    ),
    { prior: { changes: 0.2, days: 10 }, visibleShare: 0.7 },
  );

  it('that are more never make details older, nor fewer of them right', () => {
    const results = [2, 4, 8, 16, 32, 64].map((callsPerDay) =>
      runAhead(mixed, { ...terms, rowEveryDays: dailyRows, callsPerDay }),
    );
    for (const [index, more] of results.slice(1).entries()) {
      const few = results[index];
      expect(more.ages.meanDays).toBeLessThanOrEqual(few?.ages.meanDays ?? 0);
      expect(more.ages.p90Days).toBeLessThanOrEqual((few?.ages.p90Days ?? 0) + 1e-6);
      expect(more.fresh).toBeGreaterThanOrEqual((few?.fresh ?? 1) - 0.005);
    }
  });

  it('of a day go to its first runs, and are no more than that', () => {
    const hourly = { ...still, runEveryDays: 1 / 24 };
    const { callsPerDay, ages } = runAhead(hourly, terms);
    expect(callsPerDay).toBeCloseTo(10, 6);
    // As with one run a day, but that runs are six hours apart: what is fetched first in a day gets as old.
    expect(ages.meanDays).toBeCloseTo(4.7, 1);
  });

  it('of a week go to a weekly run', () => {
    const { callsPerDay } = runAhead({ ...still, runEveryDays: 7 }, { ...terms, days: 14 });
    expect(callsPerDay).toBeCloseTo(10, 6);
  });

  it('go to offers by the part that one course of a large catalog stands for', () => {
    const large = { ...mixed, offers: mixed.offers.map((group) => ({ ...group, offers: 2_000_000 })) };
    // Each of 360 stands for 5,556: one in three days, to half of one in the end.
    const { callsPerDay } = runAhead(large, { ...terms, days: 30, callsPerDay: 1900 });
    expect(Math.abs(callsPerDay - 1900)).toBeLessThanOrEqual(5556 / 2 / 30);
  });

  it('without a limit reach all that are due', () => {
    expect(runAhead(still, { ...terms, callsPerDay: Infinity }).callsPerDay).toBeCloseTo(100, 6);
  });

  it('go to the oldest in their share, whatever the others are worth', () => {
    // Of no worth: they never change. The others are worth more every day.
    const sample: SampledOffer[] = [
      { ...offer, popularity: 0.05, summaryAgeDays: 400, detailAgeDays: 400 },
      { ...offer, popularity: 20, summaryAgeDays: 2, detailAgeDays: 2, learned: { changes: 5, days: 20 } },
    ];
    const { ages } = runAhead(withSample(sample), { ...terms, days: 1 });
    // Of 10 calls 3 for those past 33 days, in eighties: 2.5. The others are 2 days old.
    expect(ages.meanDays).toBeCloseTo((47.5 * 400 + 42.5 * 2) / 100 + 0.5, 6);
  });
});
