import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toDatabaseError } from '../../../src/db/database-error.ts';
import { ensurePartitions } from '../../../src/db/partitions.ts';
import { totalHours } from '../../../src/ledger/total-hours.ts';
import { createReaderLogin, type ReaderLogin } from '../../support/reader-login.ts';
import { api, appKey, openLedger, settlementFor, type OpenLedger } from '../../support/open-ledger.ts';
import { until } from '../../support/until.ts';

/*
 * A login that may only read can take any advisory lock, and ACCESS SHARE locks of the tables it reads, and keep them as long as it
 * likes. Nobody who calls, counts or makes partitions waits for it.
 */

let at: OpenLedger;
let login: ReaderLogin;
let reader: pg.Client;

/** Every advisory lock that is or was of use here. */
const keys = [
  `hashtextextended('usage.lock_app:${appKey}', 0)`,
  `hashtextextended('usage.hour_total', 0)`,
  `hashtext('sync.ensure_partitions')`,
  ...['00', '01', '02', '03', '04', '05', '06', '20', '21'].map((end) => `16880${end}`),
];

beforeAll(async () => {
  at = await openLedger();
  await at.setTime('2031-06-15T09:00:00Z');
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
  login = await createReaderLogin(at.db);
  reader = new pg.Client({ connectionString: login.url, application_name: 'a report' });
  await reader.connect();
  await reader.query('BEGIN');
  for (const key of keys) await reader.query(`SELECT pg_advisory_lock(${key})`);
  await reader.query('SELECT count(*) FROM usage.api_call, usage.totalled_hour, sync.ledger_lock, sync.run');
});
afterAll(async () => {
  await reader.end();
  await login.drop();
  await at.db.drop();
});

describe(
  'while a reader keeps every advisory lock and reads every table that it may',
  { timeout: 10_000 },
  () => {
    it('calls are granted, settled and swept', async () => {
      const first = await at.grant('first');
      await at.ledger.settle(
        settlementFor(first.callId, { state: 'unknown', outcome: 'transport_error', body: null }),
      );
      await at.ledger.settle(settlementFor(first.callId));
      await at.grant('second', { sendWithinMs: 0 });
      expect(await at.ledger.sweep()).toEqual({ refunded: 1, unknown: 0 });
      expect(await at.callStates()).toEqual(['committed', 'refunded']);
    });

    it('hours are totalled, and a total is taken out again when a call changes', async () => {
      await at.setTime('2031-06-15T10:00:00Z');
      const { callId } = await at.grant('late');
      await at.setTime('2031-06-15T14:00:00Z');
      while ((await totalHours(at.db.pool)) > 0);
      const hours = async () => (await at.db.pool.query('SELECT FROM usage.totalled_hour')).rowCount ?? 0;
      const before = await hours();
      expect(before).toBeGreaterThan(0);
      await at.ledger.settle(settlementFor(callId));
      expect(await hours()).toBe(before - 1);
    });

    it('partitions are made', async () => {
      const made = await ensurePartitions(at.db.pool, new Date('2033-01-01T00:00:00Z'));
      expect(made).toContain('usage.api_call_2033_01');
    });

    it('it can lock no row and no table by which others are excluded', async () => {
      const denied = { code: '42501' };
      for (const sql of [
        'SELECT FROM sync.ledger_lock FOR KEY SHARE',
        'LOCK TABLE sync.ledger_lock IN ROW SHARE MODE',
        'LOCK TABLE sync.tick_lock IN ROW SHARE MODE',
        'SELECT FROM sync.run FOR KEY SHARE',
        'LOCK TABLE usage.totalled_hour IN ROW SHARE MODE',
        'LOCK TABLE sync.erased_seller IN ROW SHARE MODE',
        `SELECT sync.lock_table('sync.tick_lock', 'SHARE UPDATE EXCLUSIVE', 0)`,
      ]) {
        await reader.query('SAVEPOINT before');
        await expect(reader.query(sql), sql).rejects.toMatchObject(denied);
        await reader.query('ROLLBACK TO before');
      }
    });
  },
);

describe('a session that may lock the app', { timeout: 20_000 }, () => {
  it('is named to those who wait, after seconds', async () => {
    const owner = new pg.Client({ connectionString: at.db.url, application_name: 'psql of an operator' });
    await owner.connect();
    try {
      const { rows } = await owner.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await owner.query('BEGIN');
      await owner.query('SELECT usage.lock_app($1)', [appKey]);
      const beganAtMs = performance.now();
      await expect(at.grant('waits')).rejects.toMatchObject({
        code: 'DATABASE_LOCKED',
        recovery: 'retry',
        message: expect.stringMatching(
          /held by process \d+ \(user .*, application psql of an operator, since 20/,
        ) as string,
        facts: { pid: rows[0]?.pid, application: 'psql of an operator' },
      });
      expect(performance.now() - beganAtMs).toBeLessThan(15_000);
    } finally {
      await owner.end();
    }
    await at.grant('goes on');
  });

  it('is named as well to who changes a call while it keeps the totals', async () => {
    await at.setTime('2031-06-16T10:00:00Z');
    const { callId } = await at.grant('totalled');
    await at.setTime('2031-06-16T15:00:00Z');
    const owner = new pg.Client({ connectionString: at.db.url, application_name: 'psql of an operator' });
    await owner.connect();
    let refusal: unknown;
    try {
      await owner.query('BEGIN');
      await owner.query('LOCK TABLE usage.totalled_hour IN SHARE MODE');
      const end = `UPDATE usage.api_call SET state = 'unknown' WHERE call_id = $1`;
      at.db.pool.query(end, [callId]).catch((error: unknown) => (refusal = toDatabaseError(error)));
      await until(() => refusal, { timeoutMs: 15_000 });
    } finally {
      await owner.end();
    }
    expect(refusal).toMatchObject({
      code: 'DATABASE_LOCKED',
      facts: { application: 'psql of an operator' },
    });
    expect(await at.callStates()).toContain('reserved');
  });
});
