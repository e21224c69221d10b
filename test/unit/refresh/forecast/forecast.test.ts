import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toCallLimit } from '../../../../src/refresh/forecast/call-limits.ts';
import { callsToFirstPass, daysFor } from '../../../../src/refresh/forecast/first-pass.ts';
import { forecast, type Forecast } from '../../../../src/refresh/forecast/forecast.ts';
import type {
  CallLimit,
  Knowledge,
  SampledOffer,
  SearchGroup,
} from '../../../../src/refresh/forecast/knowledge.ts';
import { steadyPages, stoppedPages } from '../../../../src/refresh/forecast/pass-pages.ts';
import { shareLimits } from '../../../../src/refresh/forecast/share-limits.ts';
import { firstPrior } from '../../../../src/refresh/planner/change-rate.ts';

const search: SearchGroup = {
  operation: 'search.keyword',
  feed: 'a',
  label: 'w',
  windows: 20,
  pages: 10,
  pagesToFirstPass: 0,
  pagesPassed: 0,
  isPostponed: false,
  ageDays: 1,
  mayStop: false,
  worth: null,
  isAssumed: false,
};

const offer: SampledOffer = {
  popularity: 1,
  learned: { changes: 0, days: 5 },
  summaryAgeDays: 1,
  detailAgeDays: 3,
  isStale: false,
  hasDetail: true,
  isPostponed: false,
};

const feed = {
  name: 'a',
  weight: 1,
  maxOffers: null,
  nodes: 0,
  nodesToFirstPass: 0,
  nodesDue: 0,
  unheld: 0,
  novelty: 0.5,
};

const day = (operation: 'search.keyword' | 'offer.detail', perDay: number): CallLimit => ({
  operations: [operation],
  perDay,
  left: perDay,
});

function world(searches: number, details: number, sample: readonly SampledOffer[] = [offer]): Knowledge {
  return {
    feeds: [feed],
    searches: [search],
    offers: [{ feeds: ['a'], offers: 4000, sample, isAssumed: false }],
    prior: firstPrior,
    visibleShare: 0.7,
    shown: null,
    meanPopularity: 1,
    arrivalsPerDay: 0.1,
    limits: [day('search.keyword', searches), day('offer.detail', details)],
    freshness: { category: 7, search: 20 / 24, detail: 20 / 24 },
    runEveryDays: 1,
    pageSize: 50,
    callsPerSecond: 3,
  };
}

const only = ({ feeds }: Forecast) => feeds[0] ?? expect.unreachable();
const api = ({ apis }: Forecast, name: string) =>
  apis.find(({ operation }) => operation === name) ?? expect.unreachable();

const quota = fc.integer({ min: 1, max: 3000 });
const sampled = fc.array(
  fc.record({
    popularity: fc.double({ min: 0.05, max: 20, noNaN: true }),
    learned: fc.record({
      changes: fc.double({ min: 0, max: 5, noNaN: true }),
      days: fc.double({ min: 0, max: 100, noNaN: true }),
    }),
    summaryAgeDays: fc.double({ min: 0, max: 2, noNaN: true }),
    detailAgeDays: fc.double({ min: 2, max: 30, noNaN: true }),
    isStale: fc.boolean(),
    hasDetail: fc.boolean(),
    isPostponed: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);
const slack = 1 + 1e-6;

describe('a forecast', () => {
  test('never settles older with more calls', () => {
    fc.assert(
      fc.property(quota, quota, sampled, (one, other, sample) => {
        const [few, many] = [Math.min(one, other), Math.max(one, other)];
        const [poor, rich] = [forecast(world(500, few, sample)), forecast(world(500, many, sample))];
        expect(only(rich).details.meanDays).toBeLessThanOrEqual(only(poor).details.meanDays * slack);
        expect(only(rich).details.p90Days).toBeLessThanOrEqual(only(poor).details.p90Days * slack);
        const [slow, fast] = [forecast(world(few, 500, sample)), forecast(world(many, 500, sample))];
        expect(only(fast).rows.p90Days).toBeLessThanOrEqual(only(slow).rows.p90Days * slack);
      }),
      { numRuns: 40 },
    );
  });

  test('spends no more than a limit, in the next run and on each day', () => {
    fc.assert(
      fc.property(quota, quota, sampled, (searches, details, sample) => {
        const result = forecast(world(searches, details, sample));
        for (const [name, max] of [
          ['search.keyword', searches],
          ['offer.detail', details],
        ] as const) {
          const { nextRun, due, perDay } = api(result, name);
          expect([nextRun, due]).toEqual([Math.round(nextRun), Math.round(due)]);
          expect(nextRun).toBeLessThanOrEqual(Math.min(max, due) * slack);
          expect(perDay).toBeLessThanOrEqual(max * slack);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('with fewer calls needs as many days for everything once or more, and without calls never ends', () => {
    const unseen = { ...offer, hasDetail: false, isStale: true };
    fc.assert(
      fc.property(quota, quota, (one, other) => {
        const daysWith = (calls: number) => forecast(world(500, calls, [unseen])).firstPassDays;
        expect(daysWith(Math.max(one, other))).toBeLessThanOrEqual(daysWith(Math.min(one, other)));
      }),
    );
    const none = forecast(world(500, 0, [unseen]));
    expect(none.firstPassDays).toBe(Infinity);
    expect(only(none).details).toEqual({
      meanDays: Infinity,
      medianDays: Infinity,
      p90Days: Infinity,
    });
    expect(forecast(world(500, 500)).firstPassDays).toBe(0);
  });

  test('asks for details as often as runs can, where nothing is short', () => {
    // A row vouches for 85 % of the age that counts: 20 h are over after 5.6 days, so every sixth run asks.
    const { details } = only(forecast(world(5000, 5000)));
    expect(details.p90Days).toBeGreaterThan(5);
    expect(details.p90Days).toBeLessThan(6);
    expect(only(forecast(world(5000, 5000))).rows).toMatchObject({ meanDays: 0.5 });
  });

  test('fetches what matters more more often', () => {
    const light = { ...offer, popularity: 0.1 };
    const heavy = { ...offer, popularity: 20 };
    const age = (sample: readonly SampledOffer[]) => only(forecast(world(500, 200, sample))).details;
    const { meanDays, p90Days } = age([heavy, heavy, heavy, light]);
    expect(p90Days).toBeGreaterThan(1.5 * meanDays);
  });
});

test('days for everything once are those of the API that takes longest, the present day included', () => {
  const limits = [day('search.keyword', 100), day('offer.detail', 100)];
  const calls = new Map([
    ['search.keyword', 250],
    ['offer.detail', 1001],
  ] as const);
  expect(daysFor(calls, { limits })).toBe(11);
  expect(daysFor(new Map([['offer.detail', 100]]), { limits })).toBe(1);
  expect(daysFor(callsToFirstPass(world(1, 1)), { limits })).toBe(0);
});

test('a limit that is shared is never exceeded by all who share it, and is used up when it is short', () => {
  const shared: CallLimit = { operations: ['search.keyword', 'search.image'], perDay: 100, left: 100 };
  fc.assert(
    fc.property(quota, quota, (keyword, image) => {
      const wanted = new Map([
        ['search.keyword', keyword],
        ['search.image', image],
        ['offer.detail', 7],
      ] as const);
      const got = shareLimits(wanted, [shared], ({ perDay }) => perDay);
      const sum = (got.get('search.keyword') ?? 0) + (got.get('search.image') ?? 0);
      expect(sum).toBeCloseTo(Math.min(100, keyword + image), 6);
      expect(got.get('offer.detail')).toBe(7);
    }),
  );
});

test('a twentieth of each day is left for calls by hand, and a month is spread', () => {
  const operations = ['offer.detail'] as const;
  const limit = (period: 'day' | 'month', calls: number, leftToday: number | null) =>
    toCallLimit({ operations, period, calls, leftToday });
  expect(limit('day', 500, null)).toMatchObject({ perDay: 475, left: 475 });
  expect(limit('day', 500, 20)).toMatchObject({ perDay: 475, left: 0 });
  expect(limit('month', 15_000, 300)).toMatchObject({ perDay: 459, left: 276 });
});

test('a pass that shows nothing new stops after three pages, and every second one is read to its end', () => {
  expect(stoppedPages(40, 0)).toBe(3);
  expect(stoppedPages(40, 10)).toBe(40);
  expect(stoppedPages(2, 0)).toBe(2);
  expect(steadyPages(40, 0)).toBe(21.5);
});
