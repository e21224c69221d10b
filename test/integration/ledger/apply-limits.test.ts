import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { applyLimits } from '../../../src/ledger/apply-limits.ts';
import { createPermissionStore, type PermissionStore } from '../../../src/ledger/permission-store.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { chooseApis } from '../../../src/extract/endpoints/endpoints.ts';
import { appKey, openLedger, type OpenLedger } from '../../support/open-ledger.ts';

/* Which limits a process applies as it starts. */

const apis = chooseApis({});
const operations = new Map(Object.entries(apis).map(([operation, api]) => [api, operation]));

let at: OpenLedger;
let permissions: PermissionStore;
beforeAll(async () => {
  at = await openLedger();
  permissions = createPermissionStore({ pool: at.db.pool, appKey });
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.db.pool.query('DELETE FROM sync.api_permission');
});

/** With the given quotas: the limits that are no presets, of which operation or group. */
async function apply(quotas = '') {
  const file = `account: business\nfeeds: [{ name: bags, offers: [1] }]\n${quotas}`;
  await applyLimits({ quota: at.quota, permissions }, parseSyncFile(file, 'test'), { appKey, apis });
  const { rows } = await at.db.pool.query<{ api: string; period: string; calls: number }>(
    `SELECT api, period_kind AS period, call_limit::int AS calls FROM usage.quota_limit
     WHERE valid_to IS NULL AND source <> 'preset' ORDER BY call_limit`,
  );
  return rows.map(({ api, period, calls }) => [operations.get(api) ?? api, period, calls]);
}

const declare = (api: string, approvedDaily: number | null, approvedMonthly: number | null) =>
  permissions.declareApi({
    ...{ api, declared: 'granted', declaredAt: new Date('2026-11-25T00:00:00+08:00') },
    ...{ approvedDaily, approvedMonthly },
  });

it('what was declared as approved is a limit of its API, where the sync file says nothing of it', async () => {
  await declare(apis['offer.detail'], 700, 9000);
  await declare(apis['search.keyword'], 80, null);
  expect(await apply()).toEqual([
    ['search.keyword', 'day', 80],
    ['offer.detail', 'day', 700],
    ['offer.detail', 'month', 9000],
  ]);
  expect(await apply('quotas: { approved: { offer.detail: { daily: 600 } } }')).toEqual([
    ['search.keyword', 'day', 80],
    ['offer.detail', 'day', 600],
    ['offer.detail', 'month', 9000],
  ]);
});

it('a limit that several operations share is one of all their APIs', async () => {
  const both = '{ name: both, operations: [offer.detail, search.keyword], daily: 50 }';
  expect(await apply(`quotas: { groups: [${both}] }`)).toEqual([['@both', 'day', 50]]);
  const { rows } = await at.db.pool.query<{ api: string }>('SELECT api FROM usage.api_group ORDER BY api');
  expect(rows.map(({ api }) => operations.get(api)).toSorted()).toEqual(['offer.detail', 'search.keyword']);
});
