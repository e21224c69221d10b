import { expect, it } from 'vitest';
import {
  canCall,
  describeNextRun,
  formatDuration,
  isCutShort,
} from '../../../../src/cli/plan/describe-next-run.ts';
import type { ApiForecast } from '../../../../src/refresh/forecast/forecast.ts';
import { detailForecast, someForecast, steadySearch } from '../../../support/forecasts.ts';

const waiting: ApiForecast = { ...detailForecast, due: 1500 };
const other: ApiForecast = { ...waiting, operation: 'search.keyword', nextRun: 1200, due: 1200 };
const forecast = (...apis: ApiForecast[]) => someForecast({ apis });
const api = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';
const hold = { api, code: 'HELD_BY_HAND', operations: ['offer.detail'] } as const;

it('what waits for a hold is named with the hold, and is not said to be nothing', () => {
  expect(describeNextRun(forecast(waiting), [hold])).toBe(
    'plan: nothing can be called now, and 1,500 offer.detail calls wait: calls of product.search.queryProductDetail (HELD_BY_HAND) are held',
  );
  const late = [
    waiting,
    { ...other, nextRun: 0, due: 7 },
    { ...detailForecast, operation: 'search.image' as const },
  ];
  expect(
    describeNextRun(forecast(...late), [
      { ...hold, api: '*', operations: ['offer.detail', 'search.keyword'] },
      { api: 'odd', code: 'x', operations: ['search.keyword'] },
    ]),
  ).toBe(
    'plan: nothing can be called now, and 1,500 offer.detail, 7 search.keyword calls wait: calls of all APIs (HELD_BY_HAND), odd (x) are held',
  );
  expect(describeNextRun(forecast(waiting), [])).toMatch(/wait: the quota or the budget is used up$/);
  expect(describeNextRun(forecast({ ...waiting, due: 1 }), [])).toMatch(
    / 1 offer.detail call waits: the quota/,
  );
  expect(describeNextRun(forecast(detailForecast), [hold])).toBe('plan: nothing is due');
});

it('what waits for the quota is not said to wait for a hold of another API', () => {
  const images = {
    api: 'a:product.search.imageQuery:1',
    code: 'gw.X',
    operations: ['search.image'],
  } as const;
  const details = 'plan: nothing can be called now, and 1,500 offer.detail';
  expect(describeNextRun(forecast(waiting), [images])).toBe(
    `${details} calls wait: the quota or the budget is used up`,
  );
  expect(describeNextRun(forecast(waiting, { ...other, nextRun: 0 }), [images, hold])).toBe(
    `${details}, 1,200 search.keyword calls wait: calls of product.search.queryProductDetail (HELD_BY_HAND) are held; for the others, the quota or the budget is used up`,
  );
});

it('what a run calls is named with its time, and what is left', () => {
  const nextRun = { ...someForecast().nextRun, seconds: 600 };
  const few: ApiForecast = { ...waiting, nextRun: 100 };
  const tiny: ApiForecast = { ...detailForecast, operation: 'search.image', nextRun: 0.49, due: 0.49 };
  expect(describeNextRun({ ...forecast(few, other, tiny), nextRun }, [])).toBe(
    'plan: 100 offer.detail, 1,200 search.keyword calls in about 10 min; 2,700 are due; the rest waits for quota or budget',
  );
  expect(describeNextRun({ ...forecast(few, other), nextRun }, [hold])).toMatch(
    /; the rest waits for quota or budget, and calls of product.search.queryProductDetail \(HELD_BY_HAND\) are held$/,
  );
  expect(describeNextRun({ ...forecast(other), nextRun, searches: [steadySearch(true)] }, [])).toBe(
    'plan (nothing is known yet: upper bound): 1,200 search.keyword calls in about 10 min',
  );
});

it.each([
  [0, 0, false],
  [100, 106, false],
  [100, 106.1, true],
  [0, 1, false],
  [0, 1.1, true],
])('of %d calls a run with %d due is cut short: %s', (nextRun, due, isCut) => {
  expect(isCutShort(forecast(detailForecast, { ...detailForecast, nextRun, due }))).toBe(isCut);
});

it('half a call is one', () => {
  const can = (nextRun: number) => canCall(forecast(detailForecast, { ...detailForecast, nextRun }));
  expect([can(0.49), can(0.5)]).toEqual([false, true]);
  const text = (nextRun: number) => describeNextRun(forecast({ ...detailForecast, nextRun }), []);
  expect(text(0.5)).toBe('plan: 1 offer.detail call in about 0 s');
  expect(text(0.49)).toBe('plan: nothing is due');
});

it.each([
  [0.2, '1 s'],
  [89, '89 s'],
  [90, '2 min'],
  [5399, '90 min'],
  [5400, '1.5 h'],
  [36_000, '10.0 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
