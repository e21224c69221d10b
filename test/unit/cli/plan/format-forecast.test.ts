import { describe, expect, it } from 'vitest';
import {
  formatCalls,
  formatDays,
  formatForecast,
  formatPercent,
} from '../../../../src/cli/plan/format-forecast.ts';
import { planAsJson } from '../../../../src/cli/plan/plan-as-json.ts';
import { limitOf, type Plan } from '../../../../src/cli/plan/read-plan.ts';
import type { Advice } from '../../../../src/refresh/forecast/advise.ts';
import type { ApiForecast, FeedForecast, Forecast } from '../../../../src/refresh/forecast/forecast.ts';
import { detailForecast, someForecast, somePlan, steadySearch } from '../../../support/forecasts.ts';
import { textRows } from '../../../support/text-rows.ts';

const details: ApiForecast = {
  ...{ ...detailForecast, nextRun: 1200.2, due: 1300, perDay: 1400, wantedPerDay: 1500, toFirstPass: 1600 },
};
const feed: FeedForecast = {
  ...{ feed: 'bags', offers: 2000, newPerDay: 9.94, detailsPerDay: 0, fresh: 0.876 },
  rows: { meanDays: 0.5, medianDays: 1, p90Days: 9.94 },
  details: { meanDays: 10, medianDays: 1, p90Days: Infinity },
};
const limits: Plan['limits'] = [
  { operations: ['offer.detail'], period: 'day', calls: 2800, leftToday: null },
  { operations: ['offer.detail', 'search.keyword'], period: 'day', calls: 7000, leftToday: null },
  { operations: ['offer.detail'], period: 'month', calls: 86_800, leftToday: null },
  { operations: ['search.image'], period: 'month', calls: 1, leftToday: null },
];
const partsOf = (plan: Partial<Plan>) => formatForecast(somePlan(plan), 1000).split('\n\n');
const saysOf = (forecast: Partial<Forecast>) => partsOf({ forecast: someForecast(forecast) })[2]?.split('\n');

it('an API has its calls, and the share of its lowest limits that they take', () => {
  const apis = [details, { ...detailForecast, operation: 'category.children' as const }];
  expect(textRows(partsOf({ limits, forecast: someForecast({ apis }) })[0])).toEqual([
    ['calls', 'next run', 'due', 'once', 'a day', 'wanted', 'day', 'month'],
    ['offer.detail', '1,201', '1,300', '1,600', '1,400', '1,500', '50 %', '50 %'],
    ['category.children', '0', '0', '0', '0', '0', '-', '-'],
  ]);
});

it('a feed has its offers and their ages', () => {
  const other = { ...feed, feed: 'shoes', newPerDay: 10 };
  expect(textRows(partsOf({ forecast: someForecast({ feeds: [feed, other] }) })[1])).toEqual([
    ['feed', 'offers', 'new a day', 'rows: age', '9 of 10', 'details: age', '9 of 10', 'right'],
    ['bags', '2,000', '9.9', '0.5 d', '9.9 d', '10 d', 'never', '88 %'],
    ['shoes', '2,000', '10', '0.5 d', '9.9 d', '10 d', 'never', '88 %'],
  ]);
});

describe('the next run', () => {
  const nextRun = { ...someForecast().nextRun, seconds: 600, newOffers: 1100, changedOffers: 12 };

  it('has its calls, its end and what it finds', () => {
    expect(saysOf({ apis: [details, details], nextRun })?.[0]).toBe(
      'The next run: 2,401 calls in about 10 min, until 2026-11-25 09:10 (Shanghai) if it starts now; 1,100 new and 12 changed offers.',
    );
    expect(saysOf({ apis: [details], nextRun, searches: [steadySearch(true)] })?.[0]).toBe(
      'The next run: at most 1,201 calls in about 10 min, until 2026-11-25 09:10 (Shanghai) if it starts now; at most 1,100 new and 12 changed offers.',
    );
  });

  it('has one of each in the singular', () => {
    const one = { ...nextRun, newOffers: 0, changedOffers: 1 };
    expect(saysOf({ apis: [{ ...details, nextRun: 1 }], nextRun: one })?.[0]).toMatch(
      /^The next run: 1 call in about 10 min, .*; 0 new and 1 changed offer\.$/,
    );
  });

  it('is none below one call', () => {
    expect(saysOf({ apis: [{ ...details, nextRun: 0.9, due: 0 }] })?.[0]).toBe('Nothing is due now.');
    expect(saysOf({ apis: [{ ...details, nextRun: 1 }] })?.[0]).toMatch(/^The next run: 1 call in about /);
  });

  it('says what is due and waits, and why', () => {
    const hold = { api: 'com.alibaba.fenxiao:product.get:1', code: 'HELD_BY_HAND' };
    const holds = [{ ...hold, operations: ['offer.detail'] as const }];
    const waiting = someForecast({ apis: [{ ...details, nextRun: 0 }] });
    const wait = 'The next run: nothing can be called now, and 1,300 offer.detail calls wait: ';
    const said = (plan: Partial<Plan>) => partsOf(plan)[2]?.split('\n')[0];
    expect(said({ forecast: waiting })).toBe(`${wait}the quota or the budget is used up.`);
    expect(said({ forecast: waiting, holds })).toBe(`${wait}calls of product.get (HELD_BY_HAND) are held.`);
    expect(said({ forecast: someForecast({ apis: [details], nextRun }), holds })).toMatch(
      / changed offers\. Meanwhile, calls of product\.get \(HELD_BY_HAND\) are held\.$/,
    );
    expect(planAsJson(somePlan({ holds })).holds).toEqual([hold]);
  });

  it.each([
    [0, false, 'Initial crawl complete.'],
    [Infinity, false, 'There are too few calls to ever fetch everything.'],
    [1, false, 'The initial crawl completes within the present day.'],
    [1234, false, 'The initial crawl completes in 1,234 days.'],
    [2, true, 'The initial crawl completes in at most 2 days.'],
  ])('is followed by the end of the first pass: %d days, a guess %s', (firstPassDays, isAssumed, said) => {
    expect(saysOf({ firstPassDays, searches: [steadySearch(isAssumed)] })?.[1]).toBe(said);
  });
});

describe('advice', () => {
  const short: Advice = {
    ...{ operation: 'offer.detail', feed: 'bags', wantedPerDay: 2000, perDay: 1000, setting: 'max_offers' },
    to: '90',
  };
  const said = (advice: Advice[]) =>
    partsOf({ advice })[3]
      ?.split('\n')
      .filter((line) => line.startsWith('!'));
  const needs =
    '! offer.detail: freshness targets need 2,000 calls/day; 1,000 are available. It would fit with';

  it('has the ways in which calls would be enough, of each API by itself', () => {
    const search: Advice = {
      ...short,
      operation: 'search.keyword',
      setting: 'searches',
      feed: null,
      to: '8',
    };
    expect(
      said([
        ...[short, search, { ...short, feed: 'shoes', to: '80' }],
        { ...short, setting: 'freshness.detail', feed: null, to: '7d' },
        { ...search, setting: 'drop', feed: 'bags', to: '包' },
        { ...search, setting: 'drop', feed: null, to: '鞋' },
      ]),
    ).toEqual([
      `${needs} max_offers: 90 in feed bags and max_offers: 80 in feed shoes, or freshness.detail: 7d.`,
      '! search.keyword: freshness targets need 2,000 calls/day; 1,000 are available. It would fit with 8 searches. Worth least a call: 包 (bags), 鞋 (null).',
    ]);
  });

  it('has one call in the singular', () => {
    expect(said([{ ...short, wantedPerDay: 0.9, perDay: 0.2 }])).toEqual([
      '! offer.detail: freshness targets need 1 call/day; 1 is available. It would fit with max_offers: 90 in feed bags.',
    ]);
  });

  it('has no bounds where there are none', () => {
    expect(said([{ ...short, setting: 'max_pages', to: '3' }])).toEqual([
      `${needs} max_pages: 3 in feed bags.`,
    ]);
    expect(said([])).toEqual([]);
  });
});

it('a promised age that is broken is said before all advice', () => {
  const promise = { feed: 'bags', offers: 200, maxAgeMs: 3_600_000, runEveryMs: 86_400_000 };
  const broken: Plan['broken'] = [
    { ...promise, cause: 'runs', heldMs: Infinity, neededPerDay: 5, callsPerDay: 4 },
  ];
  expect(partsOf({ broken })[3]?.split('\n')[0]).toMatch(/^! max_age 1h of feed bags cannot be held: /);
  expect(planAsJson(somePlan({ broken })).brokenPromises).toEqual([
    {
      ...{ feed: 'bags', offers: 200, maxAgeMs: 3_600_000, cause: 'runs', neededPerDay: 5, callsPerDay: 4 },
      heldMs: null,
    },
  ]);
});

it('what calls found is shown where there were some', () => {
  const row = { source: 'search', calls: 10, changes: 1, pricesChanged: 0, stockChanged: 0 };
  const found = { run: [{ runId: '12', ...row }], days: [] };
  expect(partsOf({ found })[2]).toMatch(/^what calls found/);
  expect(partsOf({ found: { run: [], days: [] } })).toHaveLength(partsOf({}).length);
  expect(planAsJson(somePlan({ found })).found?.run).toHaveLength(1);
});

it('as data, what never happens is null', () => {
  const forecast = someForecast({ apis: [details], feeds: [feed], firstPassDays: Infinity });
  const json = planAsJson(
    somePlan({ limits, forecast: { ...forecast, nextRun: { ...forecast.nextRun, seconds: 60 } } }),
  );
  expect(json).toMatchObject({
    nextRun: { due: 1300, seconds: 60, endsAt: new Date('2026-11-25T01:01:00Z') },
    apis: [{ operation: 'offer.detail', dayLimit: 2800, monthLimit: 86_800 }],
    feeds: [{ rows: { p90Days: 9.94 }, details: { meanDays: 10, medianDays: 1, p90Days: null } }],
    ...{ firstPassDays: null, found: null },
  });
  expect(limitOf(limits, 'category.children', 'day')).toBeNull();
});

it.each([
  [0, '0'],
  [-1, '0'],
  [1.000_000_5, '1'],
  [1.000_002, '2'],
  [1234, '1,234'],
])('%d calls are %s', (calls, text) => {
  expect(formatCalls(calls)).toBe(text);
});

it.each([
  [9.94, '9.9 d'],
  [10, '10 d'],
  [1234.5, '1,235 d'],
  [36_500, '36,500 d'],
  [36_501, 'never'],
  [Infinity, 'never'],
])('%d days are %s', (days, text) => {
  expect(formatDays(days)).toBe(text);
});

it('a share is in percent', () => {
  expect([0, 0.344, 1].map(formatPercent)).toEqual(['0 %', '34 %', '100 %']);
});
