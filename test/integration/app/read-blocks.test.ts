import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createBlockReader } from '../../../src/app/read-blocks.ts';
import { chooseApis } from '../../../src/extract/endpoints/endpoints.ts';
import { createQuotaStore } from '../../../src/ledger/quota-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const appKey = '4711471';
const apis = chooseApis({});

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  // In the last two hours of a day, what is kept for calls by hand is released.
  await database.pool.query(
    `UPDATE usage.ledger_clock SET "offset" = timestamptz '2031-06-15 12:00+08' - clock_timestamp()`,
  );
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE usage.api_hold, usage.quota_limit, usage.api_group'));

const open = () => createBlockReader({ pool: database.pool, appKey, apis: {} });
const hold = (api: string, code: string) =>
  database.pool.query('INSERT INTO usage.api_hold (api, code, held_at) VALUES ($1, $2, now())', [api, code]);

it('the kinds that are held are those whose API is, each with its reason', async () => {
  expect(await open().listBlocks()).toEqual(new Map());
  await hold(apis['offer.detail'], 'HELD_BY_HAND');
  await hold(apis['search.seller'], 'gw.APIUnsupported');
  // Of no kind.
  await hold('com.alibaba.other:some.api:1', 'HELD_BY_HAND');
  expect(await open().listBlocks()).toEqual(
    new Map([
      ['seller', { reason: 'gw.APIUnsupported', isHeld: true }],
      ['detail', { reason: 'HELD_BY_HAND', isHeld: true }],
    ]),
  );
});

it('what runs may spend is that of the limits that count details, with all that share them', async () => {
  const quota = createQuotaStore({ pool: database.pool });
  expect(await open().listAllowances()).toEqual([]);
  await quota.setLimit({ appKey, api: apis['search.image'], period: 'day', callLimit: 60 });
  expect(await open().listAllowances()).toEqual([]);
  await quota.setLimit({ appKey, api: apis['offer.detail'], period: 'day', callLimit: 40, reset: 'rolling' });
  const shared = [apis['offer.detail'], apis['search.keyword']];
  await quota.applyGroups(appKey, [{ name: 'both', apis: shared, daily: 200, monthly: null }]);
  const found = await open().listAllowances();
  // One call in twenty is kept for calls by hand.
  expect(found.map(({ kinds, spendable }) => [kinds.join(), spendable]).toSorted()).toEqual([
    ['detail', 38],
    ['search,detail', 190],
  ]);
});

it('lists of shops that no feed selects may be read once somebody says that their API is approved', async () => {
  const quota = createQuotaStore({ pool: database.pool });
  const api = apis['search.seller'];
  await quota.applyPresets({ appKey, account: 'business', apis: Object.values(apis) });
  expect(await open().mayAskShops()).toBe(false);
  await quota.applyApproved(appKey, apis['offer.detail'], { daily: 500, monthly: null });
  await quota.setLimit({ appKey, api: '*', period: 'day', callLimit: 900 });
  expect(await open().mayAskShops()).toBe(false);
  await quota.applyApproved(appKey, api, { daily: null, monthly: 500 });
  expect(await open().mayAskShops()).toBe(true);
  await database.pool.query('DELETE FROM usage.quota_limit');
  await quota.applyApproved(appKey, api, { daily: 0, monthly: null });
  expect(await open().mayAskShops()).toBe(false);
  await quota.applyGroups(appKey, [{ name: 'both', apis: [api], daily: 200, monthly: null }]);
  expect(await open().mayAskShops()).toBe(true);
});
