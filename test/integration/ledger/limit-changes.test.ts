import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  api,
  appKey,
  openLedger,
  otherApi,
  requestFor,
  settlementFor,
  type OpenLedger,
} from '../../support/open-ledger.ts';

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
});

describe('an API that joins a group', () => {
  const both = (apis: readonly string[], daily = 10, monthly: number | null = null) =>
    at.quota.applyGroups(appKey, [{ name: 'both', apis, daily, monthly }]);
  const used = async (period = 'day') => {
    const { rows } = await at.db.pool.query<{ used: number; used_today: number | null }>(
      `SELECT used, used_today FROM usage.quota_status WHERE api = '@both' AND period_kind = $1`,
      [period],
    );
    return period === 'day' ? rows[0]?.used : [rows[0]?.used, rows[0]?.used_today];
  };
  let asked = 0;
  const callOf = async (...apis: readonly string[]) => {
    for (const of of apis) await at.grant(`call ${String(asked++)}`, { api: of });
  };
  beforeEach(async () => {
    for (const of of [api, otherApi])
      await at.quota.setLimit({ appKey, api: of, period: 'day', callLimit: 1_000 });
    await at.setTime('2026-05-12T12:00:00+08:00');
  });

  it('brings its calls of today: the shared day is not overdrawn', async () => {
    await both([api], 4);
    await callOf(api, otherApi, otherApi);
    await both([api, otherApi], 4);
    const kinds: string[] = [];
    for (const name of ['a', 'b', 'c']) kinds.push((await at.ledger.reserve(requestFor(name))).kind);
    expect(kinds).toEqual(['granted', 'denied', 'denied']);
  });

  it('may bring more than the limit, which may change with that', async () => {
    await both([api], 5);
    await callOf(api, api, otherApi, otherApi, otherApi);
    await both([api, otherApi], 3);
    expect(await used()).toBe(5);
    expect(await at.ledger.reserve(requestFor('more'))).toMatchObject({ kind: 'denied', by: 'day' });
  });

  it('brings those of its month as of the days that made them', async () => {
    await at.setTime('2026-04-30T23:50:00+08:00');
    await both([api], 10, 100);
    await callOf(otherApi);
    await at.setTime('2026-05-11T12:00:00+08:00');
    await callOf(api, otherApi, otherApi);
    await at.setTime('2026-05-12T12:00:00+08:00');
    await callOf(otherApi);
    await both([api, otherApi], 10, 100);
    expect([await used(), await used('month')]).toEqual([1, [4, 1]]);
    await callOf(api);
    expect([await used(), await used('month')]).toEqual([2, [5, 2]]);
    await at.setTime('2026-05-13T12:00:00+08:00');
    await callOf(otherApi);
    expect([await used(), await used('month')]).toEqual([1, [6, 1]]);
  });

  it('brings none that were refunded, and those of others stay counted', async () => {
    await both([api]);
    await callOf(api);
    await at.corrections.recordExternal(appKey, '@both', 3);
    const { callId } = await at.grant('refunded', { api: otherApi });
    await at.ledger.settle(settlementFor(callId, { state: 'refunded', outcome: 'not_sent', body: null }));
    await callOf(otherApi);
    await both([api, otherApi]);
    expect(await used()).toBe(1 + 3 + 1);
  });

  it('and joins again is counted once, and what it made meanwhile, too', async () => {
    await both([api]);
    await callOf(api, otherApi);
    await both([api, otherApi]);
    await callOf(otherApi);
    await both([api]);
    expect(await used()).toBe(3);
    await callOf(otherApi, otherApi);
    await both([api, otherApi]);
    expect(await used()).toBe(5);
    await both([]);
    await callOf(otherApi);
    await both([api, otherApi]);
    expect(await used()).toBe(6);
  });

  it('is counted with the calls of one that has left', async () => {
    await both([api]);
    await callOf(api, api, otherApi);
    await both([otherApi]);
    expect(await used()).toBe(3);
  });

  it('is counted with a call of the evening that may have arrived today', async () => {
    await at.setTime('2026-05-11T23:59:59+08:00');
    await both([api]);
    await callOf(api);
    await at.setTime('2026-05-12T12:00:00+08:00');
    await callOf(otherApi);
    await both([api, otherApi]);
    expect(await used()).toBe(2);
  });

  it('is counted once when two processes declare it, while calls are granted', async () => {
    await both([api]);
    await callOf(otherApi, otherApi);
    await Promise.all([
      both([api, otherApi]),
      callOf(api, otherApi),
      both([api, otherApi]),
      callOf(otherApi, api),
    ]);
    expect(await used()).toBe(6);
  });

  it('is none of a group whose APIs stay: nothing is counted anew', async () => {
    await both([api, otherApi]);
    await callOf(api);
    await at.db.pool.query('UPDATE usage.quota_period SET granted = 0');
    await both([api, otherApi]);
    expect(await used()).toBe(0);
  });
});
