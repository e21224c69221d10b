import { expect, it } from 'vitest';
import { describeNextRun } from '../../../src/cli/plan/describe-next-run.ts';
import type { ApiForecast, Forecast } from '../../../src/refresh/forecast/forecast.ts';

const detail: ApiForecast = {
  ...{ operation: 'offer.detail', nextRun: 0, due: 150, perDay: 0, wantedPerDay: 0, toFirstPass: 0 },
};
const forecast = (apis: readonly ApiForecast[]) => ({ apis }) as unknown as Forecast;
const hold = {
  api: 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1',
  code: 'HELD_BY_HAND',
};

it('what waits for a hold is named with the hold, and is not said to be nothing', () => {
  expect(describeNextRun(forecast([detail]), [hold])).toBe(
    'plan: nothing can be called now, and 150 offer.detail calls wait: calls are held of product.search.queryProductDetail (HELD_BY_HAND)',
  );
  expect(describeNextRun(forecast([detail]), [])).toMatch(/wait: the quota or the budget is used up$/);
  expect(describeNextRun(forecast([{ ...detail, due: 0 }]), [hold])).toBe('plan: nothing is due');
});
