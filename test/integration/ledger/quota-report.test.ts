import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createQuotaReport, type QuotaReport } from '../../../src/ledger/quota-report.ts';
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
let report: QuotaReport;

beforeAll(async () => {
  at = await openLedger();
  report = createQuotaReport({ pool: at.db.pool, appKey });
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.setTime('2026-11-25T12:00:00+08:00');
});

describe('the limits', () => {
  it('are those of usage.quota_status, and the pace', async () => {
    await at.quota.applyPresets({ appKey, account: 'personal', apis: [api], callsPerSecond: 1_000 });
    await at.quota.setLimit({ appKey, api: otherApi, period: 'day', callLimit: 40, reset: 'rolling' });
    await at.quota.applyGroups(appKey, [{ name: 'both', apis: [api, otherApi], daily: 90, monthly: null }]);
    await at.quota.setLimit({ appKey: 'another', api, period: 'day', callLimit: 7 });
    const first = await at.grant('a');
    await at.ledger.settle(
      settlementFor(first.callId, { state: 'unknown', outcome: 'transport_error', body: null }),
    );
    await at.grant('b', { api: otherApi });
    await at.corrections.recordExternal(appKey, api, 5);
    const limits = await report.listLimits();
    const flat = limits.flatMap(({ use, ...limit }) => {
      const { api: of, period, source, isAssumed, callLimit } = limit;
      if (use === null) return [];
      const { used, reserved, unknown, external, remaining, resetAt } = use;
      return [
        {
          appKey,
          api: of,
          period,
          source,
          isAssumed,
          callLimit,
          used,
          reserved,
          unknown,
          external,
          remaining,
          resetAt,
        },
      ];
    });
    const status = (await at.quota.quotaStatus()).filter((row) => row.appKey === appKey);
    expect(flat).toEqual(expect.arrayContaining(status));
    expect(flat).toHaveLength(status.length);
    expect(limits.filter(({ use }) => use === null)).toMatchObject([
      { api: '*', period: 'second', callLimit: 1_000, source: 'preset' },
    ]);
    expect(limits.find(({ api: of }) => of === '@both')?.use).toMatchObject({
      used: 7,
      unknown: 1,
      external: 5,
    });
  });

  it('have of a month the share of the day that is granted, and what runs wait for then', async () => {
    // Two days are left, this one included.
    await at.setTime('2026-11-29T12:00:00+08:00');
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 11 });
    const shareNow = async () => (await report.listLimits()).map(({ use }) => [use?.usedToday, use?.share]);
    for (let n = 0; n < 6; n++) {
      expect(await shareNow()).toEqual([[n, 6]]);
      expect(await report.listWaits()).toEqual([]);
      await at.grant(`call ${n}`, { lane: 'refresh' });
    }
    expect(await at.ledger.reserve(requestFor('x', { lane: 'refresh' }))).toMatchObject({ by: 'month' });
    expect(await report.listWaits()).toEqual([
      { api, period: 'month', until: new Date('2026-11-30T00:00:00+08:00') },
    ]);
    await at.setTime('2026-11-30T12:00:00+08:00');
    expect(await shareNow()).toEqual([[0, 5]]);
  });

  it('have of a month the calls of others on the day on which they are booked, also where no call of ours came before', async () => {
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 100 });
    const usedToday = async () => (await report.listLimits()).map(({ use }) => use?.usedToday);
    await at.grant('a');
    await at.setTime('2026-11-26T12:00:00+08:00');
    await at.corrections.recordExternal(appKey, api, 3);
    expect(await usedToday()).toEqual([3]);
    await at.grant('b');
    expect(await usedToday()).toEqual([4]);
  });

  it('say when a window counts as spent', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 30 });
    await at.grant('a');
    await at.db.pool.query(`UPDATE usage.ledger_epoch SET epoch = 'of another database'`);
    await at.corrections.noticeRestore(appKey);
    expect(await report.listLimits()).toMatchObject([{ use: { remaining: 0, isAssumedSpent: true } }]);
    await at.corrections.reconcile(appKey, api, 'day', 3);
    await at.corrections.noticeRestore(appKey);
    expect(await report.listLimits()).toMatchObject([{ use: { remaining: 27, isAssumedSpent: false } }]);
  });
});

it('the paces that were found are those of the app, by API', async () => {
  await at.quota.applyPresets({ appKey, account: 'personal', apis: [api], callsPerSecond: 8 });
  await at.db.pool.query(
    `INSERT INTO usage.pace (app_key, api, next_slot_at, found_per_second)
     SELECT app_key, api, now(), found FROM (VALUES ($1, $2, 2.5), ($1, '*', 4), ($1, $3, NULL), ('another', '*', 1)) AS p (app_key, api, found)`,
    [appKey, api, otherApi],
  );
  const found = await report.listPaces();
  expect(found.map(({ appKey: app, api: of, perSecond }) => [app, of, perSecond])).toEqual([
    [appKey, '*', 4],
    [appKey, api, 2.5],
  ]);
  expect(found[1]).toMatchObject({ declaredPerSecond: 4, changedAt: null });
});

describe('what runs wait for', () => {
  it('is also a limit that an API shares', async () => {
    for (const forApi of [api, otherApi])
      await at.quota.setLimit({ appKey, api: forApi, period: 'day', callLimit: 30 });
    await at.quota.applyGroups(appKey, [{ name: 'one', apis: [api], daily: 1, monthly: null }]);
    await at.grant('a');
    expect(await report.listWaits()).toEqual([
      { api, period: 'day', until: new Date('2026-11-26T00:00:00+08:00') },
    ]);
    expect(await report.listGroupsOf(api)).toEqual(['@one']);
    expect(await report.listGroupsOf(otherApi)).toEqual([]);
    await at.quota.setLimit({ appKey, api: '*', period: 'day', callLimit: 1 });
    await at.corrections.recordExternal(appKey, '*', 1);
    expect(await report.listWaits()).toHaveLength(2);
  });

  it('is nothing that only another app calls, or that has no limit any more', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 30 });
    await at.quota.setLimit({ appKey: 'another', api: otherApi, period: 'day', callLimit: 30 });
    await at.quota.setLimit({ appKey, api: 'com.alibaba:ended:1', period: 'day', callLimit: 30 });
    await at.db.pool.query(`UPDATE usage.quota_limit SET valid_to = now() WHERE api LIKE '%ended:1'`);
    await at.quota.setLimit({ appKey, api: '*', period: 'day', callLimit: 1 });
    await at.grant('a');
    expect((await report.listWaits()).map(({ api: of }) => of)).toEqual([api]);
  });

  it('is no minute, which is over soon', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 30 });
    await at.quota.setLimit({ appKey, api, period: 'minute', callLimit: 1 });
    await at.grant('a');
    expect(await report.listWaits()).toEqual([]);
  });
});
