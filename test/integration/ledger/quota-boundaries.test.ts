import type { Pool } from 'pg';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLedgerCorrections } from '../../../src/ledger/ledger-corrections.ts';
import { createLedgerStore } from '../../../src/ledger/ledger-store.ts';
import { createQuotaReport } from '../../../src/ledger/quota-report.ts';
import { createQuotaStore } from '../../../src/ledger/quota-store.ts';
import { createTestDatabase } from '../../support/database.ts';
import {
  api,
  appKey,
  openLedger,
  otherApi,
  requestFor,
  settlementFor,
  silentLog,
} from '../../support/open-ledger.ts';
import { createDayLimit } from './day-limit.ts';

const at = await openLedger({ maxCallMs: 30_000 });
const { setDay, reserveMany } = createDayLimit(at);
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.setTime('2026-11-25T12:00:00+08:00');
});

async function offsetTo(pool: Pool, time: string): Promise<number> {
  const { rows } = await pool.query<{ ms: number }>(
    'SELECT (extract(epoch FROM $1::timestamptz - clock_timestamp()) * 1000)::float8 AS ms',
    [time],
  );
  return rows[0]?.ms ?? 0;
}

const countGranted = (kinds: readonly string[]) => kinds.filter((kind) => kind === 'granted').length;

describe('the turn of a window', () => {
  it('resets the day at midnight in Shanghai, not in UTC', async () => {
    await setDay(1);
    await at.grant('a');
    await at.setTime('2026-11-26T00:30:00Z');
    expect(await at.ledger.reserve(requestFor('b'))).toMatchObject({ kind: 'granted' });
    await at.setTime('2026-11-26T15:58:00Z');
    expect(await at.ledger.reserve(requestFor('c'))).toMatchObject({ by: 'day' });
    await at.setTime('2026-11-26T16:00:01Z');
    expect(await at.ledger.reserve(requestFor('c'))).toMatchObject({ kind: 'granted' });
  });

  it('resets the month at its end in Shanghai, also where no partition was made ahead', async () => {
    await setDay(10);
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 1 });
    await at.setTime('2031-02-10T12:00:00+08:00');
    await at.grant('a');
    await at.setTime('2031-02-28T15:00:00Z');
    expect(await at.ledger.reserve(requestFor('b'))).toMatchObject({ by: 'month' });
    await at.setTime('2031-02-28T16:00:01Z');
    expect(await at.ledger.reserve(requestFor('b'))).toMatchObject({ kind: 'granted' });
  });

  it('counts a call that may arrive on either side in both days', async () => {
    await setDay(3);
    await at.setTime('2026-11-25T23:59:40+08:00');
    expect(countGranted(await reserveMany(2))).toBe(2);
    await at.setTime('2026-11-26T00:00:05+08:00');
    expect(await at.quota.quotaStatus()).toMatchObject([{ used: 2, remaining: 1 }]);
    await at.grant('x');
    expect(await at.ledger.reserve(requestFor('y'))).toMatchObject({ by: 'day' });
  });

  it('is refused while the day that follows has no room', async () => {
    await setDay(3);
    await at.setTime('2026-11-26T12:00:00+08:00');
    await reserveMany(3);
    await at.db.pool.query('DELETE FROM usage.in_flight');
    await at.setTime('2026-11-25T23:59:40+08:00');
    expect(await at.ledger.reserve(requestFor('z'))).toMatchObject({ by: 'day' });
    await at.setTime('2026-11-25T23:00:00+08:00');
    expect(await at.ledger.reserve(requestFor('z'))).toMatchObject({ kind: 'granted' });
  });

  it('gives a refund back to both days', async () => {
    await setDay(2);
    await at.setTime('2026-11-25T23:59:40+08:00');
    const call = await at.grant('a');
    await at.ledger.settle(
      settlementFor(call.callId, { state: 'refunded', outcome: 'not_sent', body: null }),
    );
    const { rows } = await at.db.pool.query('SELECT granted, refunded FROM usage.quota_period');
    expect(rows).toEqual([
      { granted: 1, refunded: 1 },
      { granted: 1, refunded: 1 },
    ]);
  });

  it('does not help a rolling limit: any 24 hours hold at most so many', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 2, reset: 'rolling' });
    await at.setTime('2026-11-25T22:30:00+08:00');
    expect(await reserveMany(3)).toEqual(['granted', 'granted', 'day']);
    await at.setTime('2026-11-26T22:20:00+08:00');
    expect(await at.ledger.reserve(requestFor('b'))).toMatchObject({ by: 'day' });
    await at.setTime('2026-11-26T23:02:00+08:00');
    expect(await at.ledger.reserve(requestFor('b'))).toMatchObject({ kind: 'granted' });
  });

  it('keeps what was used when a limit changes from rolling to calendar', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 3, reset: 'rolling' });
    expect(countGranted(await reserveMany(3))).toBe(3);
    await setDay(3);
    expect(await at.ledger.reserve(requestFor('b'))).toMatchObject({ by: 'day' });
  });
});

describe('a clock', () => {
  it('that jumps ahead and back finds each day as it left it', async () => {
    await setDay(3);
    await reserveMany(2);
    await at.setTime('2026-11-28T12:00:00+08:00');
    await at.grant('ahead');
    await at.setTime('2026-11-25T12:30:00+08:00');
    expect(await at.quota.quotaStatus()).toMatchObject([{ used: 2, remaining: 1 }]);
    await at.grant('back');
    expect(await at.ledger.reserve(requestFor('more'))).toMatchObject({ by: 'day' });
    await at.setTime('2026-11-28T12:30:00+08:00');
    expect(await at.quota.quotaStatus()).toMatchObject([{ used: 1, remaining: 2 }]);
  });

  it('of a host says nothing: hosts that disagree share the days of the database', async () => {
    await setDay(2);
    try {
      for (const now of ['2026-11-20T00:00:00Z', '2026-12-20T00:00:00Z']) {
        vi.useFakeTimers({ now: new Date(now), toFake: ['Date'] });
        await at.grant(now);
      }
    } finally {
      vi.useRealTimers();
    }
    expect(await at.ledger.reserve(requestFor('third'))).toMatchObject({ by: 'day' });
    expect(await at.quota.quotaStatus()).toMatchObject([{ used: 2 }]);
  });
});

describe('a limit', () => {
  it('that is lowered below what is used leaves nothing, and what was used stays', async () => {
    await setDay(10);
    await reserveMany(6);
    await setDay(4);
    expect(await at.quota.quotaStatus()).toMatchObject([{ callLimit: 4, used: 6, remaining: 0 }]);
    expect(await at.ledger.reserve(requestFor('x'))).toMatchObject({ by: 'day' });
    await setDay(7);
    expect(await at.ledger.reserve(requestFor('x'))).toMatchObject({ kind: 'granted' });
    expect(await at.ledger.reserve(requestFor('y'))).toMatchObject({ by: 'day' });
  });

  it('of a group is shared by its APIs, beside their own', async () => {
    await at.quota.applyGroups(appKey, [{ name: 'search', apis: [api, otherApi], daily: 3, monthly: null }]);
    await setDay(2);
    await setDay(2, otherApi);
    expect(countGranted(await reserveMany(3))).toBe(2);
    await at.grant('third', { api: otherApi });
    expect(await at.ledger.reserve(requestFor('fourth', { api: otherApi }))).toMatchObject({ by: 'day' });
    const used = (await at.quota.quotaStatus()).map((row) => [row.api, row.used]);
    expect(used).toEqual(
      expect.arrayContaining([
        ['@search', 3],
        [api, 2],
        [otherApi, 1],
      ]),
    );
    await at.quota.applyGroups(appKey, []);
    expect(await at.ledger.reserve(requestFor('z', { api: otherApi }))).toMatchObject({ kind: 'granted' });
  });

  it('of a group is not shared any more by an API that left the group', async () => {
    const group = { name: 'search', daily: 1, monthly: null };
    await at.quota.applyGroups(appKey, [{ ...group, apis: [api, otherApi] }]);
    await setDay(5);
    await setDay(5, otherApi);
    await at.quota.applyGroups(appKey, [{ ...group, apis: [api] }]);
    await at.grant('a', { api: otherApi });
    await at.grant('b', { api: otherApi });
    await at.grant('c');
    expect(await at.ledger.reserve(requestFor('d'))).toMatchObject({ by: 'day' });
  });
});

describe('calls of others', () => {
  it('that are booked are spent, in the day, the month and for the app', async () => {
    await setDay(10);
    await setDay(20, '*');
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 100 });
    await at.corrections.recordExternal(appKey, api, 9);
    const used = (await at.quota.quotaStatus()).map((row) => [row.api, row.period, row.used, row.external]);
    expect(used.sort()).toEqual([
      ['*', 'day', 9, 9],
      [api, 'day', 9, 9],
      [api, 'month', 9, 9],
    ]);
    expect(countGranted(await reserveMany(3))).toBe(1);
  });

  it('can be more than the limit', async () => {
    await setDay(10);
    await at.corrections.recordExternal(appKey, api, 15);
    expect(await at.quota.quotaStatus()).toMatchObject([{ used: 15, remaining: 0 }]);
  });
});

describe('a number read off the console', () => {
  it('is what is used from then on', async () => {
    await setDay(10);
    await reserveMany(2);
    expect(await at.corrections.reconcile(appKey, api, 'day', 7)).toBe(7);
    expect(countGranted(await reserveMany(9))).toBe(3);
    expect(await at.quota.quotaStatus()).toMatchObject([{ used: 10, external: 5 }]);
  });

  it('that is smaller takes back what was booked for others, and nothing of our own', async () => {
    await setDay(10);
    await reserveMany(4);
    await at.corrections.recordExternal(appKey, api, 5);
    expect(await at.corrections.reconcile(appKey, api, 'day', 6)).toBe(6);
    expect(await at.corrections.reconcile(appKey, api, 'day', 1)).toBe(4);
    expect(await at.quota.quotaStatus()).toMatchObject([{ used: 4, external: 0 }]);
  });

  it('of a month leaves runs their share of it: only what the day used was used today', async () => {
    await setDay(50);
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 1_500 });
    await at.grant('a');
    expect(await at.corrections.reconcile(appKey, api, 'day', 20)).toBe(20);
    expect(await at.corrections.reconcile(appKey, api, 'month', 900)).toBe(900);
    // Six days have (1,500 - 880) / 6.
    const [, ofMonth] = await createQuotaReport({ pool: at.db.pool, appKey }).listLimits();
    expect(ofMonth?.use).toMatchObject({ used: 900, usedToday: 20, share: 104 });
    expect(await at.ledger.reserve(requestFor('b', { lane: 'refresh' }))).toMatchObject({ kind: 'granted' });
  });

  it('of a month is shared alike before the first call of ours', async () => {
    await setDay(50);
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 1_500 });
    await at.corrections.reconcile(appKey, api, 'day', 20);
    await at.corrections.reconcile(appKey, api, 'month', 900);
    const [, ofMonth] = await createQuotaReport({ pool: at.db.pool, appKey }).listLimits();
    expect(ofMonth?.use).toMatchObject({ used: 900, usedToday: 20, share: 104 });
  });

  it('of a month without a limit of the day takes the calls of others for those of earlier days', async () => {
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 1_500 });
    await at.grant('a');
    await at.corrections.reconcile(appKey, api, 'month', 900);
    const [ofMonth] = await createQuotaReport({ pool: at.db.pool, appKey }).listLimits();
    expect(ofMonth?.use).toMatchObject({ used: 900, usedToday: 1, share: 101 });
  });

  it('also goes for a rolling window, and is nothing without a limit', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 10, reset: 'rolling' });
    await reserveMany(2);
    expect(await at.corrections.reconcile(appKey, api, 'day', 9)).toBe(9);
    expect(countGranted(await reserveMany(4))).toBe(1);
    expect(await at.corrections.reconcile(appKey, api, 'month', 9)).toBeNull();
  });

  it('of a rolling day counts calls of a later time, after the clock was set back', async () => {
    await setDay(50);
    await at.setTime('2026-11-27T16:40:00Z');
    await reserveMany(2);
    await at.quota.setLimit({ appKey, api: '*', period: 'day', callLimit: 40, reset: 'rolling' });
    await at.setTime('2026-11-27T15:30:00Z');
    expect(await at.corrections.reconcile(appKey, '*', 'day', 16)).toBe(16);
    const { rows } = await at.db.pool.query(
      `SELECT granted, external, used_before_day FROM usage.quota_period WHERE api = '*' ORDER BY starts_at DESC`,
    );
    expect(rows).toEqual([
      { granted: 2, external: 0, used_before_day: 0 },
      { granted: 0, external: 14, used_before_day: 0 },
    ]);
  });
});

describe('a database that was restored', () => {
  /** As after `pg_restore`: the same rows in another database. */
  async function withCopy(work: (copy: Pool) => Promise<void>): Promise<void> {
    const { rows } = await at.db.pool.query<{ name: string }>('SELECT current_database() AS name');
    const copy = await createTestDatabase({ copyOf: rows[0]?.name ?? '' });
    try {
      await work(copy.pool);
    } finally {
      await copy.drop();
    }
  }

  it('counts its windows as spent until they are reconciled, and says so', async () => {
    await setDay(10);
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 100 });
    await reserveMany(2);
    await withCopy(async (pool) => {
      const ledger = createLedgerStore({ pool, log: silentLog });
      const corrections = createLedgerCorrections({ pool });
      expect(await ledger.reserve(requestFor('a'))).toMatchObject({ kind: 'denied', by: 'month' });
      expect(await corrections.listAssumedSpent()).toEqual([
        { appKey, api, period: 'day' },
        { appKey, api, period: 'month' },
      ]);
      expect(await corrections.reconcile(appKey, api, 'month', 40)).toBe(40);
      expect(await ledger.reserve(requestFor('a'))).toMatchObject({ by: 'day' });
      expect(await corrections.reconcile(appKey, api, 'day', 9)).toBe(9);
      expect(await corrections.listAssumedSpent()).toEqual([]);
      expect(await ledger.reserve(requestFor('a'))).toMatchObject({ kind: 'granted' });
      expect(await ledger.reserve(requestFor('b'))).toMatchObject({ by: 'day' });
    });
    expect(await at.corrections.listAssumedSpent()).toEqual([]);
  });

  it('has a new day when it comes', async () => {
    await setDay(10);
    await reserveMany(2);
    await withCopy(async (pool) => {
      const ledger = createLedgerStore({ pool, log: silentLog });
      const quota = createQuotaStore({ pool });
      expect(await ledger.reserve(requestFor('a'))).toMatchObject({ by: 'day' });
      await quota.setLedgerOffset(await offsetTo(pool, '2026-11-26T00:00:05+08:00'));
      expect(await ledger.reserve(requestFor('a'))).toMatchObject({ kind: 'granted' });
    });
  });

  it('is noticed once by many connections, and not without any call before', async () => {
    await setDay(10);
    await withCopy(async (pool) => {
      const ledger = createLedgerStore({ pool, log: silentLog });
      expect(await ledger.reserve(requestFor('first'))).toMatchObject({ kind: 'granted' });
    });
    await at.grant('first');
    await withCopy(async (pool) => {
      const ledger = createLedgerStore({ pool, log: silentLog });
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, n) => ledger.reserve(requestFor(`offer-${n}`))),
      );
      expect(new Set(answers.map((answer) => answer.kind))).toEqual(new Set(['denied']));
      expect(await createQuotaStore({ pool }).quotaStatus()).toMatchObject([{ used: 10, external: 9 }]);
    });
  });
});
