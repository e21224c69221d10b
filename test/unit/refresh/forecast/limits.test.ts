import { describe, expect, it } from 'vitest';
import {
  askedForCalls,
  budgetLimit,
  heldLimit,
  toCallLimit,
  type PeriodLimit,
} from '../../../../src/refresh/forecast/call-limits.ts';
import { callsToFirstPass, daysFor } from '../../../../src/refresh/forecast/first-pass.ts';
import type { Forecast } from '../../../../src/refresh/forecast/forecast.ts';
import type { CallLimit } from '../../../../src/refresh/forecast/knowledge.ts';
import { stoppedPages } from '../../../../src/refresh/forecast/pass-pages.ts';
import { shareLimits, type CallsByApi } from '../../../../src/refresh/forecast/share-limits.ts';
import {
  combineLimits,
  findOtherBounds,
  forecastWithLimits,
} from '../../../../src/refresh/forecast/what-if.ts';
import type { ApiOperation } from '../../../../src/model/known-apis.ts';
import { knowledge, limitOf, offer, search } from './known-world.ts';

const callsOf = (calls: Partial<Record<ApiOperation, number>>): CallsByApi =>
  new Map(Object.entries(calls) as [ApiOperation, number][]);
const shared = (perDay: number, left = perDay): CallLimit => ({
  ...{ operations: ['search.keyword', 'search.image'], perDay, left },
});

describe('what runs may use of a limit', () => {
  it.each<[string, Omit<PeriodLimit, 'operations'>, { perDay: number; left: number }]>([
    [
      'of a day is all but a twentieth, in whole calls',
      { period: 'day', calls: 119, leftToday: null },
      { perDay: 114, left: 114 },
    ],
    [
      'of a month is that of a day of 31',
      { period: 'month', calls: 3115, leftToday: null },
      { perDay: 95, left: 95 },
    ],
    [
      'is what the present day has left, but for that part',
      { period: 'day', calls: 119, leftToday: 50 },
      { perDay: 114, left: 45 },
    ],
    ['is never less than nothing', { period: 'day', calls: 119, leftToday: 3 }, { perDay: 114, left: 0 }],
    ['is nothing of a limit below', { period: 'day', calls: -5, leftToday: -9 }, { perDay: 0, left: 0 }],
  ])('%s', (_, limit, expected) => {
    const operations = ['offer.detail'] as const;
    expect(toCallLimit({ operations, ...limit })).toEqual({ operations, ...expected });
  });

  it('is had by asking for a twentieth more', () => {
    expect([95, 96, 0].map(askedForCalls)).toEqual([100, 102, 0]);
  });

  it('is bounded for all APIs by a budget, and for one by a hold, of the present day alone', () => {
    expect(budgetLimit(7, 3)).toMatchObject({ perDay: 7, left: 3 });
    expect(budgetLimit(7, 3).operations).toHaveLength(6);
    expect(heldLimit('offer.detail')).toEqual({ operations: ['offer.detail'], perDay: Infinity, left: 0 });
  });
});

describe('limits', () => {
  const wanted = callsOf({ 'search.keyword': 60, 'search.image': 20, 'offer.detail': 7 });
  const got = (...limits: readonly CallLimit[]) => [
    ...shareLimits(wanted, limits, ({ perDay }) => perDay).values(),
  ];

  it('that are short are shared by what each API wants', () => {
    expect(got()).toEqual([60, 20, 7]);
    expect(got(shared(40))).toEqual([30, 10, 7]);
    expect(got(shared(100))).toEqual([60, 20, 7]);
    expect(got(shared(-1))).toEqual([0, 0, 7]);
    expect(got(shared(40), limitOf('search.keyword', 15))).toEqual([15, 10, 7]);
  });

  it('count nothing for an API that wants nothing', () => {
    const both: CallLimit = { operations: ['search.seller', 'offer.detail'], perDay: 3.5, left: 0 };
    expect(got(both)).toEqual([60, 20, 3.5]);
    const none = callsOf({ 'offer.detail': 0 });
    expect([...shareLimits(none, [limitOf('offer.detail', 5)], ({ perDay }) => perDay)]).toEqual([
      ['offer.detail', 0],
    ]);
  });
});

it('calls until everything was fetched once are those of nodes, of pages and of first details', () => {
  const first = { ...search, pagesToFirstPass: 3 };
  const sample = [offer, offer, offer, { ...offer, hasDetail: false }];
  const group = { feeds: ['a'], offers: 100, sample, isAssumed: false };
  const two = { ...knowledge, searches: [first, { ...first, windows: 1 }], offers: [group, group] };
  expect([...callsToFirstPass(two)]).toEqual([
    ['category.children', 3],
    ['search.keyword', 15],
    ['offer.detail', 50],
  ]);
});

describe('the days until so many calls were made', () => {
  const days = (calls: CallsByApi, ...limits: readonly CallLimit[]) => daysFor(calls, { limits });
  const details = (count: number) => callsOf({ 'offer.detail': count });

  it.each<[string, number, CallLimit, number]>([
    ['are none without calls', 0, limitOf('offer.detail', 10), 0],
    ['are none for what is lost in rounding', 1e-9, limitOf('offer.detail', 10), 0],
    ['are the present one for what it has left', 30, limitOf('offer.detail', 10, 30), 1],
    ['are one more for what it has not', 31, limitOf('offer.detail', 10, 30), 2],
    ['are whole days', 50, limitOf('offer.detail', 10, 30), 3],
    ['are not one more for what is lost in rounding', 50 + 5e-9, limitOf('offer.detail', 10, 30), 3],
    ['are none that begin with nothing left', 10, limitOf('offer.detail', 10, 0), 2],
    ['never end where there are no calls', 10, limitOf('offer.detail', 0, 5), Infinity],
    ['are the present one where nothing bounds them', 1e6, limitOf('search.image', 10), 1],
  ])('%s', (_, calls, limit, expected) => {
    expect(days(details(calls), limit)).toBe(expected);
  });

  it('are fewer once an API that shares the limit is done', () => {
    // Two days of 30 and 10; then all 40 for what is left of the keywords.
    const calls = callsOf({ 'search.keyword': 140, 'search.image': 20 });
    expect(days(calls, shared(40, 0))).toBe(1 + 4);
    const other = callsOf({ 'search.keyword': 30, 'search.image': 10, 'offer.detail': 500 });
    expect(days(other, shared(40, 0), limitOf('offer.detail', 100, 0))).toBe(1 + 5);
  });
});

it('a pass stops where three pages were quiet, the sooner the less is new on each', () => {
  // e ** -0.1 is quiet: (e ** 0.3 - 1) / (1 - e ** -0.1) pages.
  expect(stoppedPages(40, 0.1)).toBeCloseTo(3.676_4, 3);
  expect(stoppedPages(40, 1e9)).toBe(40);
  expect(stoppedPages(40, 1)).toBeCloseTo(30.192, 2);
});

describe('a forecast with other limits', () => {
  const detail = (period: PeriodLimit['period'], calls: number, leftToday: number | null = null) =>
    ({ operations: ['offer.detail'], period, calls, leftToday }) as const;
  const both = { ...detail('day', 40), operations: ['offer.detail', 'search.keyword'] } as const;
  const asked = callsOf({ 'offer.detail': 100 });
  const of = (limits: readonly PeriodLimit[], bounds: readonly CallLimit[] = []) => {
    const { longRun } = forecastWithLimits({ knowledge, limits, bounds }, asked, 10);
    return Object.fromEntries(longRun.apis.map(({ operation, perDay }) => [operation, Math.round(perDay)]));
  };

  it('has them in place of those of the day and of the month', () => {
    expect(of([])).toMatchObject({ 'search.keyword': 20, 'offer.detail': 95 });
    expect(of([detail('day', 10, 0), detail('month', 31)])).toMatchObject({ 'offer.detail': 95 });
  });

  it('keeps the limits of others, shared ones, budgets and holds', () => {
    const images = { ...detail('day', 10), operations: ['search.keyword'] } as const;
    expect(of([images])).toMatchObject({ 'search.keyword': 10, 'offer.detail': 95 });
    // 38 for 20 and 120.
    expect(of([both])).toMatchObject({ 'search.keyword': 5, 'offer.detail': 33 });
    expect(of([], [limitOf('offer.detail', 50)])).toMatchObject({ 'offer.detail': 50 });
  });

  it('is made for each combination, the last limit changing fastest', () => {
    const combined = combineLimits(
      new Map<ApiOperation, readonly number[]>([
        ['offer.detail', [1, 2]],
        ['search.keyword', [3, 4]],
      ]),
    );
    expect(combined.map((daily) => [...daily.values()])).toEqual([
      [1, 3],
      [1, 4],
      [2, 3],
      [2, 4],
    ]);
    expect(combineLimits(new Map())).toEqual([new Map()]);
  });

  it.each([
    ['that gets all that its limit allows', 95, 500, []],
    ['that gets all that it needs', 40, 40, []],
    // 0.95 of 95 less one: 89.25.
    ['that gets a little less', 89.25, 500, []],
    ['that gets less', 89.2, 500, [{ operation: 'offer.detail', limit: 100, perDay: 89.2 }]],
    ['that gets less than it needs', 36.9, 40, [{ operation: 'offer.detail', limit: 100, perDay: 36.9 }]],
  ])('names an API that something else bounds: one %s', (_, perDay, wantedPerDay, expected) => {
    const api = { operation: 'offer.detail', perDay, wantedPerDay } as Forecast['apis'][number];
    const others = { operation: 'search.keyword', perDay: 0, wantedPerDay: 99 } as Forecast['apis'][number];
    expect(findOtherBounds({ apis: [others, api] } as unknown as Forecast, asked)).toEqual(expected);
    expect(findOtherBounds({ apis: [others] } as unknown as Forecast, asked)).toEqual([]);
  });
});
