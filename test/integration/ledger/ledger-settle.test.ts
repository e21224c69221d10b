import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLedgerStore } from '../../../src/ledger/ledger-store.ts';
import { until } from '../../support/until.ts';
import {
  api,
  appKey,
  openLedger,
  requestFor,
  settlementFor,
  silentLog,
  type OpenLedger,
} from '../../support/open-ledger.ts';

const hourMs = 3_600_000;
const noon = '2026-11-25T12:00:00+08:00';

let at: OpenLedger;

beforeAll(async () => {
  at = await openLedger({ maxCallMs: 30_000 });
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.setTime(noon);
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
});

async function readCounts() {
  const [row] = await at.quota.quotaStatus();
  return row && { used: row.used, reserved: row.reserved, unknown: row.unknown };
}

const unknownEnd = { state: 'unknown', outcome: 'transport_error', httpStatus: null, body: null } as const;
const refund = { state: 'refunded', outcome: 'not_sent', httpStatus: null, body: null } as const;

describe('a settled call', () => {
  it('stays counted when it is committed or unknown, and not when it is refunded', async () => {
    const [a, b, c, d] = [await at.grant('a'), await at.grant('b'), await at.grant('c'), await at.grant('d')];
    await at.ledger.settle(settlementFor(a.callId));
    await at.ledger.settle(settlementFor(b.callId, unknownEnd));
    await at.ledger.settle(settlementFor(c.callId, refund));
    expect(await at.callStates()).toEqual(['committed', 'unknown', 'refunded', 'reserved']);
    expect(await readCounts()).toEqual({ used: 3, reserved: 1, unknown: 1 });
    await at.ledger.settle(settlementFor(d.callId));
    expect(await readCounts()).toEqual({ used: 3, reserved: 0, unknown: 1 });
  });

  it('has one row that says how it went', async () => {
    const runId = await at.startRun(null);
    const call = await at.grant('a', { runId, jobId: 'detail-7', windowId: '12', lane: 'refresh' });
    await at.ledger.markSent(call.callId);
    await at.ledger.settle(
      settlementFor(call.callId, {
        outcome: 'gateway_error',
        gatewayCode: 'gw.QosAppFrequencyLimit',
        httpStatus: 400,
        responseBytes: 77,
        body: null,
      }),
    );
    const { rows } = await at.db.pool.query('SELECT * FROM usage.api_call');
    expect(rows).toMatchObject([
      {
        call_id: call.callId,
        granted_at: call.observedAt,
        app_key: appKey,
        api,
        operation: 'offer.detail',
        request: { operation: 'offer.detail', offerId: 'a', language: 'en' },
        run_id: runId,
        job_id: 'detail-7',
        window_id: '12',
        lane: 'refresh',
        state: 'committed',
        outcome: 'gateway_error',
        gateway_code: 'gw.QosAppFrequencyLimit',
        http_status: 400,
        latency_ms: 12,
        response_bytes: 77,
        raw_id: null,
      },
    ]);
    expect(rows[0]).toMatchObject({
      sent_at: expect.any(Date) as Date,
      settled_at: expect.any(Date) as Date,
    });
  });

  it('is settled once: a second settlement changes nothing and gives the same answer', async () => {
    const call = await at.grant('a');
    const first = await at.ledger.settle(settlementFor(call.callId));
    expect(await at.ledger.settle(settlementFor(call.callId))).toEqual(first);
    expect(await at.ledger.settle(settlementFor(call.callId, refund))).toEqual(first);
    expect(await readCounts()).toEqual({ used: 1, reserved: 0, unknown: 0 });
    expect(await at.raw.listUnloaded(9)).toHaveLength(1);
  });

  it('is settled once also when two connections do it at the same time', async () => {
    const call = await at.grant('a');
    await Promise.all(Array.from({ length: 6 }, () => at.ledger.settle(settlementFor(call.callId, refund))));
    expect(await readCounts()).toEqual({ used: 0, reserved: 0, unknown: 0 });
  });

  it('that nobody granted is refused', async () => {
    await expect(at.ledger.settle(settlementFor('424242'))).rejects.toMatchObject({
      code: 'LEDGER_CALL_UNKNOWN',
    });
  });

  it('becomes committed late, when its answer arrives after it was given up', async () => {
    const call = await at.grant('a');
    await at.ledger.settle(settlementFor(call.callId, unknownEnd));
    const late = await at.ledger.settle(settlementFor(call.callId));
    expect(late.rawId).not.toBeNull();
    expect(await readCounts()).toEqual({ used: 1, reserved: 0, unknown: 0 });
    expect(await at.callStates()).toEqual(['committed']);
  });

  it('counts again when its answer proves a refund wrong, also beyond the limit', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 1 });
    const call = await at.grant('a');
    await at.ledger.settle(settlementFor(call.callId, refund));
    await at.grant('b');
    await at.ledger.settle(settlementFor(call.callId));
    expect(await at.quota.quotaStatus()).toMatchObject([{ used: 2, remaining: 0 }]);
  });
});

describe('an identical request', () => {
  it('that is asked twice at once is granted once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => at.ledger.reserve(requestFor('twin'))));
    expect(answers.map((answer) => answer.kind).sort()).toEqual([
      'granted',
      ...Array<string>(7).fill('in_flight'),
    ]);
    expect(await readCounts()).toEqual({ used: 1, reserved: 1, unknown: 0 });
  });

  it('gets the stored answer while that is fresh by the ledger clock, and a call afterwards', async () => {
    const call = await at.grant('twin', { windowId: '5' });
    const body = Buffer.from('{"result":"了"}');
    const { rawId } = await at.ledger.settle(settlementFor(call.callId, { body }));
    const again = requestFor('twin', { freshForMs: 20 * hourMs });
    expect(await at.ledger.reserve(again)).toEqual({
      kind: 'cached',
      answer: {
        rawId,
        callId: call.callId,
        runId: null,
        windowId: '5',
        request: again.request,
        observedAt: call.observedAt,
        httpStatus: 200,
        body,
      },
    });
    await at.setTime('2026-11-26T07:59:00+08:00');
    expect(await at.ledger.reserve(again)).toMatchObject({ kind: 'cached' });
    await at.setTime('2026-11-26T08:01:00+08:00');
    expect(await at.ledger.reserve(again)).toMatchObject({ kind: 'granted' });
  });

  it('is called again when nothing is fresh enough, or its answer was no success', async () => {
    const first = await at.grant('a');
    await at.ledger.settle(settlementFor(first.callId));
    expect(await at.ledger.reserve(requestFor('a', { freshForMs: 0 }))).toMatchObject({ kind: 'granted' });
    const failed = await at.grant('b');
    await at.ledger.settle(settlementFor(failed.callId, { outcome: 'gateway_error', body: null }));
    expect(await at.ledger.reserve(requestFor('b', { freshForMs: hourMs }))).toMatchObject({
      kind: 'granted',
    });
  });
});

describe('a call whose process died', () => {
  it('is refunded when it was never sent', async () => {
    const runId = await at.startRun(1);
    const call = await at.grant('a', { runId, sendWithinMs: 5_000 });
    expect(await at.ledger.sweep()).toEqual({ refunded: 0, unknown: 0 });
    await at.setTime('2026-11-25T12:01:00+08:00');
    expect(await at.ledger.sweep()).toEqual({ refunded: 1, unknown: 0 });
    expect(await at.ledger.sweep()).toEqual({ refunded: 0, unknown: 0 });
    expect(await readCounts()).toEqual({ used: 0, reserved: 0, unknown: 0 });
    expect(await at.ledger.markSent(call.callId)).toBe(false);
    await at.grant('a', { runId });
  });

  it('stays counted as unknown when it was told to leave, once no call lasts that long', async () => {
    const runId = await at.startRun(2);
    const call = await at.grant('a', { runId });
    expect(await at.ledger.markSent(call.callId)).toBe(true);
    await at.setTime('2026-11-25T12:00:20+08:00');
    expect(await at.ledger.sweep()).toEqual({ refunded: 0, unknown: 0 });
    await at.setTime('2026-11-25T12:01:00+08:00');
    expect(await at.ledger.sweep()).toEqual({ refunded: 0, unknown: 1 });
    expect(await readCounts()).toEqual({ used: 1, reserved: 0, unknown: 1 });
    expect(await at.callStates()).toEqual(['unknown']);
    await at.ledger.settle(settlementFor(call.callId));
    expect(await readCounts()).toEqual({ used: 1, reserved: 0, unknown: 0 });
    await at.grant('b', { runId });
    expect(await at.ledger.reserve(requestFor('c', { runId }))).toMatchObject({ by: 'run' });
  });

  it('does not keep others from asking the same once it is swept', async () => {
    await at.grant('a');
    expect(await at.ledger.reserve(requestFor('a'))).toMatchObject({ kind: 'in_flight' });
    await at.setTime('2026-11-25T12:01:00+08:00');
    await at.ledger.sweep();
    expect(await at.ledger.reserve(requestFor('a'))).toMatchObject({ kind: 'granted' });
  });

  it('is swept once by several sweepers', async () => {
    for (let n = 0; n < 20; n++) await at.grant(`s${n}`);
    await at.setTime('2026-11-25T12:01:00+08:00');
    const swept = await Promise.all(Array.from({ length: 4 }, () => at.ledger.sweep()));
    expect(swept.reduce((sum, one) => sum + one.refunded, 0)).toBe(20);
    expect(await readCounts()).toEqual({ used: 0, reserved: 0, unknown: 0 });
  });
});

describe('sending', () => {
  it('is allowed once, and not after its time', async () => {
    const call = await at.grant('a');
    expect(await at.ledger.markSent(call.callId)).toBe(true);
    expect(await at.ledger.markSent(call.callId)).toBe(false);
    const late = await at.grant('b', { sendWithinMs: 5_000 });
    await at.setTime('2026-11-25T12:00:10+08:00');
    expect(await at.ledger.markSent(late.callId)).toBe(false);
  });
});

describe('an exempt call', () => {
  it('has a row and counts nowhere', async () => {
    const runId = await at.startRun(0);
    const one = await at.grant('oauth', { isExempt: true, runId });
    const two = await at.grant('oauth', { isExempt: true, runId });
    await at.ledger.settle(settlementFor(one.callId, { body: null }));
    await at.ledger.settle(settlementFor(two.callId, refund));
    expect(await at.callStates()).toEqual(['committed', 'refunded']);
    expect(await readCounts()).toEqual({ used: 0, reserved: 0, unknown: 0 });
  });
});

describe('a settlement while the database is away', () => {
  it('is retried until it is done, once', async () => {
    const call = await at.grant('a');
    const body = randomBytes(200_000);
    const blocker = await at.db.pool.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT FROM usage.in_flight FOR UPDATE');
    const settling = at.ledger.settle(settlementFor(call.callId, { body }));
    await until(async () => {
      const { rows } = await at.db.pool.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE '%usage.settle(%' AND wait_event_type = 'Lock'`,
      );
      if (!rows[0]) return false;
      await at.db.pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
      return true;
    });
    await blocker.query('ROLLBACK');
    blocker.release();
    const { rawId } = await settling;
    expect((await at.raw.listUnloaded(9)).map((answer) => [answer.rawId, answer.body.equals(body)])).toEqual([
      [rawId, true],
    ]);
    expect(await readCounts()).toEqual({ used: 1, reserved: 0, unknown: 0 });
  });

  it('ends when the process is asked to stop', async () => {
    const call = await at.grant('a');
    const stop = new AbortController();
    const { Pool } = await import('pg');
    const pool = new Pool({ host: '127.0.0.1', port: 1 });
    const unreachable = createLedgerStore({ pool, log: silentLog, signal: stop.signal });
    const settling = unreachable.settle(settlementFor(call.callId));
    stop.abort();
    await expect(settling).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', recovery: 'retry' });
    await pool.end();
    expect(await at.callStates()).toEqual(['reserved']);
  });
});

describe('what is kept', () => {
  it('has no NUL and no half characters, which Postgres refuses', async () => {
    const call = await at.grant('odd', {
      request: { operation: 'offer.detail', offerId: '1\u0000\ud800', language: 'en' },
    });
    const { rows } = await at.db.pool.query('SELECT request FROM usage.api_call WHERE call_id = $1', [
      call.callId,
    ]);
    expect(rows).toEqual([{ request: { operation: 'offer.detail', offerId: '1\ufffd', language: 'en' } }]);
  });
});
