import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, appKey, openLedger, otherApi, type OpenLedger } from '../../support/open-ledger.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(() => at.reset());

const presets = { appKey, account: 'personal', apis: [api] } as const;

async function listLimits(): Promise<string[]> {
  const { rows } = await at.db.pool.query<Record<string, unknown>>(
    `SELECT api, period_kind, call_limit, source FROM usage.quota_limit
     WHERE valid_to IS NULL ORDER BY api, period_kind`,
  );
  return rows.map((row) => Object.values(row).join(' '));
}

describe('calls that 1688 approved', () => {
  beforeEach(() => at.quota.applyPresets(presets));
  const limits = (day: string, month: string) => [
    '* second 4 preset',
    `${api} day ${day}`,
    `${api} month ${month}`,
  ];

  it('take the place of the presets of the day and the month', async () => {
    await at.quota.applyApproved(appKey, api, { daily: 300, monthly: 7_000 });
    expect(await listLimits()).toEqual(limits('300 configured', '7000 configured'));
  });

  it('leave a limit as it is of which they say nothing', async () => {
    await at.quota.applyApproved(appKey, api, { daily: 300, monthly: null });
    expect(await listLimits()).toEqual(limits('300 configured', '15000 preset'));
    await at.quota.applyApproved(appKey, api, { daily: null, monthly: 8_000 });
    expect(await listLimits()).toEqual(limits('300 configured', '8000 configured'));
    await at.quota.applyApproved(appKey, api, { daily: null, monthly: null });
    expect(await listLimits()).toEqual(limits('300 configured', '8000 configured'));
  });
});

describe('groups of APIs', () => {
  const group = (name: string, daily: number | null, monthly: number | null, apis = [api]) => ({
    ...{ name, apis, daily, monthly },
  });

  it('take the place of those there were, with all of their limits, and leave those of APIs alone', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 5 });
    await at.quota.applyGroups('other', [group('kept', 6, null)]);
    await at.quota.applyGroups(appKey, [group('kept', 10, 100), group('gone', 20, 200, [otherApi])]);
    await at.quota.applyGroups(appKey, [group('kept', null, 100)]);
    expect(await listLimits()).toEqual([
      '@kept day 6 configured',
      '@kept month 100 configured',
      `${api} day 5 configured`,
    ]);
    await at.quota.applyGroups(appKey, []);
    expect(await listLimits()).toEqual(['@kept day 6 configured', `${api} day 5 configured`]);
    const { rows } = await at.db.pool.query('SELECT app_key, name, api FROM usage.api_group');
    expect(rows).toEqual([{ app_key: 'other', name: '@kept', api }]);
  });

  it('whose limits go on count nothing of what an API used before it joined', async () => {
    for (const of of [api, otherApi])
      await at.quota.setLimit({ appKey, api: of, period: 'minute', callLimit: 1_000 });
    await at.setTime('2026-05-11T12:00:00+08:00');
    await at.quota.applyGroups(appKey, [group('both', 10, null)]);
    await at.setTime('2026-05-12T12:00:00+08:00');
    await at.grant('before', { api: otherApi });
    await at.quota.applyGroups(appKey, [group('both', 10, null, [api, otherApi])]);
    await at.grant('after', { api: otherApi });
    const { rows } = await at.db.pool.query(`SELECT used FROM usage.quota_status WHERE api = '@both'`);
    expect(rows).toEqual([{ used: 1 }]);
  });
});
