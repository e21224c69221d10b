import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  api,
  appKey,
  openLedger,
  requestFor,
  settlementFor,
  type OpenLedger,
} from '../../support/open-ledger.ts';
import { until } from '../../support/until.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger({ maxCallMs: 30_000 });
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.setTime('2026-11-25T12:00:00+08:00');
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
});

async function isAnyoneWaiting(): Promise<boolean> {
  const { rows } = await at.db.pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}

/** Whether work that begins while another session has the app's lock ends before that is given back. */
async function doesWait(work: () => Promise<unknown>, lockedApp = appKey): Promise<boolean> {
  const other = await at.db.pool.connect();
  try {
    await other.query('BEGIN');
    await other.query('SELECT usage.lock_app($1)', [lockedApp]);
    let isDone = false;
    const working = work().then(() => (isDone = true));
    await until(async () => isDone || (await isAnyoneWaiting()));
    const hasWaited = !isDone;
    await other.query('COMMIT');
    await working;
    return hasWaited;
  } finally {
    other.release(true);
  }
}

async function send(): Promise<string> {
  const { callId } = await at.grant('sent');
  expect(await at.ledger.markSent(callId)).toBe(true);
  return callId;
}

const settle = (callId: string, changes: Parameters<typeof settlementFor>[1]) => () =>
  at.ledger.settle(settlementFor(callId, { body: null, ...changes }));

describe('while another session has the lock of the app', () => {
  it('a grant waits, for any app: a database is of one', async () => {
    expect(await doesWait(() => at.ledger.reserve(requestFor('a')))).toBe(true);
    expect(await doesWait(() => at.ledger.reserve(requestFor('b')), '7654321')).toBe(true);
  });

  it('what gives calls back waits: a refund, an unknown end, the sweep', async () => {
    expect(await doesWait(settle(await send(), { state: 'refunded', outcome: 'not_sent' }))).toBe(true);
    expect(await doesWait(settle(await send(), { state: 'unknown', outcome: 'transport_error' }))).toBe(true);
    await at.grant('overdue');
    await at.setTime('2026-11-25T12:01:00+08:00');
    expect(await doesWait(() => at.ledger.sweep())).toBe(true);
  });

  it('an answer that shows something of the API waits, and one that counts as before does not', async () => {
    const refusal = { outcome: 'gateway_error', gatewayCode: 'gw.QosAPIFrequencyLimit' } as const;
    expect(await doesWait(settle(await send(), {}))).toBe(false);
    expect(await doesWait(settle(await send(), { ...refusal, shows: 'too_fast_api' }))).toBe(true);
  });

  it('a refusal that waits does not lengthen the pause that the other begins', async () => {
    const { callId, observedAt } = await at.grant('refused');
    const other = await at.db.pool.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT usage.lock_app($1)', [appKey]);
      const refusal = { outcome: 'gateway_error', gatewayCode: 'gw.QosAPIFrequencyLimit' } as const;
      const waiting = settle(callId, { ...refusal, shows: 'too_fast_api' })();
      await until(isAnyoneWaiting);
      const begin = `SELECT usage.slow_down($1, $2, $3, usage.ledger_now(), 'gw.QosAPIFrequencyLimit')`;
      await other.query(begin, [appKey, api, observedAt]);
      await other.query('COMMIT');
      await waiting;
    } finally {
      other.release(true);
    }
    const { rows } = await at.db.pool.query('SELECT pause::text FROM usage.backoff');
    expect(rows).toEqual([{ pause: '00:00:02' }]);
  });

  it('what people change waits: limits, calls of others, and what the console shows', async () => {
    const limit = { appKey, api, period: 'day', callLimit: 50 } as const;
    expect(await doesWait(() => at.quota.setLimit(limit))).toBe(true);
    expect(await doesWait(() => at.corrections.recordExternal(appKey, api, 3))).toBe(true);
    expect(await doesWait(() => at.corrections.reconcile(appKey, api, 'day', 10))).toBe(true);
    expect(await doesWait(() => at.corrections.noticeRestore(appKey))).toBe(true);
  });

  it('a change of limits that does not get it in time fails by that, and changes nothing', async () => {
    const { pool } = at.db;
    const { rows } = await pool.query<{ text: string }>(
      "SELECT pg_get_functiondef('usage.lock_app'::regproc) AS text",
    );
    await pool.query(`CREATE OR REPLACE FUNCTION usage.lock_app(p_app_key text) RETURNS void LANGUAGE plpgsql AS
      $$ BEGIN RAISE lock_not_available; END $$`);
    try {
      const changing = at.quota.setLimit({ appKey, api, period: 'day', callLimit: 50 });
      await expect(changing).rejects.toMatchObject({ code: '55P03' });
    } finally {
      await pool.query(rows[0]?.text ?? '');
    }
    const limits = await pool.query('SELECT call_limit FROM usage.quota_limit WHERE valid_to IS NULL');
    expect(limits.rows).toEqual([{ call_limit: 100 }]);
  });
});

describe('a pause calls a granted call off', () => {
  /** A pause of two seconds from half past twelve on. */
  const pause = (columns: { app?: string; of?: string; startedAt?: string }) =>
    at.db.pool.query(
      `INSERT INTO usage.backoff (app_key, api, started_at, pause) VALUES ($1, $2, $3, '2 seconds')`,
      [columns.app ?? appKey, columns.of ?? api, columns.startedAt ?? '2026-11-25T12:30:00+08:00'],
    );

  it.each([
    ['of its API', {}, '12:30:01', false],
    ['of the app', { of: '*' }, '12:30:01', false],
    ['that has ended', {}, '12:30:03', true],
    ['of another app', { app: '7654321' }, '12:30:01', true],
    ['of another API', { of: 'another' }, '12:30:01', true],
    ['that began before its grant', { startedAt: '2026-11-25T12:29:59.500+08:00' }, '12:30:01', true],
  ] as const)('%s: %j at %s', async (_, columns, time, maySend) => {
    await at.setTime('2026-11-25T12:29:59.900+08:00');
    const { callId } = await at.grant('a');
    await at.db.pool.query(`UPDATE usage.in_flight SET granted_at = '2026-11-25T12:29:59.900+08:00'`);
    await pause(columns);
    await at.setTime(`2026-11-25T${time}+08:00`);
    expect(await at.ledger.markSent(callId)).toBe(maySend);
  });
});
