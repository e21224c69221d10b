import { afterAll, beforeEach, beforeAll, expect, it } from 'vitest';
import { totalHours } from '../../../src/ledger/total-hours.ts';
import { locksHere } from '../../support/locks.ts';
import { until } from '../../support/until.ts';
import { api, appKey, openLedger, settlementFor, type OpenLedger } from '../../support/open-ledger.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
beforeEach(async () => {
  await at.reset();
  await at.db.pool.query('TRUNCATE usage.totalled_hour, usage.hour_total');
  await at.setTime('2026-11-25T10:00:00+08:00');
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
});
afterAll(() => at.db.drop());

async function select(sql: string): Promise<Record<string, unknown>[]> {
  return (await at.db.pool.query<Record<string, unknown>>(sql)).rows;
}

const waiting = locksHere("NOT granted AND locktype = 'relation'");
const unknownEnd = { state: 'unknown', outcome: 'transport_error', body: null } as const;
const figures = () => select('SELECT committed, "unknown", ok FROM usage.daily');
const hours = async () =>
  (await select('SELECT hour FROM usage.totalled_hour ORDER BY hour')).map((row) => row['hour']);

it('adds hours up that ended two hours ago, each once, also those without a call', async () => {
  await at.grant('a');
  await at.setTime('2026-11-25T12:30:00+08:00');
  await at.grant('b');
  await at.setTime('2026-11-25T12:40:00+08:00');
  expect(await totalHours(at.db.pool)).toBe(0);
  await at.setTime('2026-11-25T14:10:00+08:00');
  expect(await totalHours(at.db.pool)).toBe(2);
  expect(await totalHours(at.db.pool)).toBe(0);
  expect(await hours()).toEqual([
    new Date('2026-11-25T10:00:00+08:00'),
    new Date('2026-11-25T11:00:00+08:00'),
  ]);
  expect(await select('SELECT calls, state FROM usage.hour_total')).toEqual([
    { calls: 1, state: 'reserved' },
  ]);
});

it('adds up a day of a long past at once, the oldest first', async () => {
  await at.grant('a');
  await at.setTime('2026-11-27T12:00:00+08:00');
  expect(await totalHours(at.db.pool)).toBe(24);
  expect((await hours())[0]).toEqual(new Date('2026-11-25T10:00:00+08:00'));
  expect(await totalHours(at.db.pool)).toBe(24);
  expect(await totalHours(at.db.pool)).toBe(0);
});

it('shows a call that ends after its hour was added up as it ended', async () => {
  const { callId } = await at.grant('a');
  await at.ledger.settle(settlementFor(callId, unknownEnd));
  await at.setTime('2026-11-25T15:30:00+08:00');
  expect(await totalHours(at.db.pool)).toBe(3);
  expect(await figures()).toEqual([{ committed: 0, unknown: 1, ok: 0 }]);
  await at.ledger.settle(settlementFor(callId));
  expect(await figures()).toEqual([{ committed: 1, unknown: 0, ok: 1 }]);
  expect(await hours()).toHaveLength(2);
  await at.setTime('2026-11-25T16:30:00+08:00');
  expect(await totalHours(at.db.pool)).toBe(2);
  expect(await figures()).toEqual([{ committed: 1, unknown: 0, ok: 1 }]);
  expect(await select('SELECT state, calls FROM usage.hour_total')).toEqual([
    { state: 'committed', calls: 1 },
  ]);
});

it('keeps the figures of a month whose calls were dropped', async () => {
  await at.setTime('2026-09-10T10:00:00+08:00');
  await at.ledger.settle(settlementFor((await at.grant('a')).callId));
  await at.setTime('2026-09-10T13:00:00+08:00');
  expect(await totalHours(at.db.pool)).toBe(1);
  await at.db.pool.query('DROP TABLE usage.api_call_2026_09');
  expect(await select('SELECT day::text, ok FROM usage.daily WHERE calls > 0')).toEqual([
    { day: '2026-09-10', ok: 1 },
  ]);
  expect(await totalHours(at.db.pool)).toBe(0);
});

it('waits with the totals while a call of the past is being changed', async () => {
  const { callId } = await at.grant('a');
  await at.setTime('2026-11-25T15:30:00+08:00');
  const settling = await at.db.pool.connect();
  try {
    await settling.query('BEGIN');
    await settling.query(`UPDATE usage.api_call SET state = 'committed', outcome = 'ok' WHERE call_id = $1`, [
      callId,
    ]);
    expect(await totalHours(at.db.pool)).toBe(0);
    await settling.query('COMMIT');
  } finally {
    settling.release();
  }
  expect(await totalHours(at.db.pool)).toBe(3);
  expect(await figures()).toEqual([{ committed: 1, unknown: 0, ok: 1 }]);
});

it('takes an hour out again when a call ends while its hour is being added up', async () => {
  const { callId } = await at.grant('a');
  await at.setTime('2026-11-25T15:30:00+08:00');
  const totalling = await at.db.pool.connect();
  try {
    await totalling.query('BEGIN');
    await totalling.query('SELECT usage.total_hours(24)');
    const settled = at.ledger.settle(settlementFor(callId));
    await until(async () => (await select(waiting)).length > 0, {
      what: 'the settlement waits for the totals',
    });
    await totalling.query('COMMIT');
    await settled;
  } finally {
    totalling.release();
  }
  expect(await hours()).toHaveLength(2);
  expect(await figures()).toEqual([{ committed: 1, unknown: 0, ok: 1 }]);
});
