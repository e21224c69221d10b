import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCounts } from '../../../src/runs/add-counts.ts';
import { createRunStore, type RunStore } from '../../../src/runs/run-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let runs: RunStore;
beforeAll(async () => {
  database = await createTestDatabase();
  runs = createRunStore(database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE sync.run');
});

describe('the run store', () => {
  const request = { scope: 'all', feedNames: ['shoes'], trigger: 'cli', source: 'sandbox' } as const;

  it('gives a run whose heartbeat was missed to the next one, with the bounds of its request', async () => {
    const begun = await runs.begin({ ...request, budgetCalls: null, deadlineMs: null });
    if (begun.kind !== 'started') throw new Error(begun.kind);
    await database.pool.query('UPDATE sync.run SET calls_used = 30');
    expect(await runs.begin({ ...request, budgetCalls: 5, deadlineMs: null })).toMatchObject({
      kind: 'active',
    });
    await database.pool.query(`UPDATE sync.run SET heartbeat_at = heartbeat_at - interval '16 seconds'`);
    const resumed = await runs.begin({ ...request, feedNames: ['bags'], budgetCalls: 5, deadlineMs: 60_000 });
    expect(resumed).toMatchObject({
      kind: 'resumed',
      run: { runId: begun.run.runId, feedNames: ['bags'], budgetCalls: 35, callsUsed: 30 },
    });
    expect(resumed.kind === 'resumed' && resumed.run.deadlineAt).not.toBeNull();
    const bounded = await runs.begin({ ...request, scope: 'x', budgetCalls: null, deadlineMs: 60_000 });
    if (bounded.kind !== 'started') throw new Error(bounded.kind);
    const { startedAt, deadlineAt } = bounded.run;
    expect(deadlineAt?.getTime()).toBe((startedAt?.getTime() ?? 0) + 60_000);
    expect(await runs.begin({ ...request, budgetCalls: 5, deadlineMs: null })).toMatchObject({
      kind: 'active',
    });
  });

  it('calls a run abandoned when it has no driver and no process has its sync file', async () => {
    const begun = await runs.begin({ ...request, budgetCalls: null, deadlineMs: null, syncFileHash: 'file' });
    if (begun.kind !== 'started') throw new Error(begun.kind);
    const { runId } = begun.run;
    const beats = async (worker: string, file: string | null, secondsAgo: number) => {
      await database.pool.query(
        `INSERT INTO sync.worker (worker_id, host, started_at, heartbeat_at, sync_file_hash)
         VALUES ($1, 'host', now(), clock_timestamp() - $3::float8 * interval '1 s', $2)
         ON CONFLICT (worker_id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at`,
        [worker, file, secondsAgo],
      );
    };
    const [its, others, old] = [randomUUID(), randomUUID(), randomUUID()];
    expect(await runs.listAbandoned([runId])).toEqual([]);
    await database.pool.query(`UPDATE sync.run SET heartbeat_at = heartbeat_at - interval '16 seconds'`);
    await beats(its, 'file', 10);
    expect(await runs.listAbandoned([runId])).toEqual([]);
    await beats(its, 'file', 16);
    await beats(others, 'another', 0);
    await beats(old, null, 0);
    expect(await runs.listAbandoned([runId])).toEqual([runId]);
    expect(await runs.listAbandoned([String(Number(runId) + 1)])).toEqual([]);
    await runs.end(runId, 'cancelled', 'signal');
    expect(await runs.listAbandoned([runId])).toEqual([]);
  });

  it('leaves a run to its driver, whose heartbeat counts for 15 seconds, and for no other run', async () => {
    const begin = (scope: string) => runs.begin({ ...request, scope, budgetCalls: null, deadlineMs: null });
    const [driven, silent] = [await begin('driven'), await begin('silent')];
    if (driven.kind !== 'started' || silent.kind !== 'started') throw new Error('both are new');
    const age = (seconds: number) =>
      database.pool.query(
        `UPDATE sync.run SET heartbeat_at = clock_timestamp() - $1::float8 * interval '1 s'`,
        [seconds],
      );
    await age(16);
    await runs.heartbeat([driven.run.runId]);
    expect([(await begin('driven')).kind, (await begin('silent')).kind]).toEqual(['active', 'resumed']);
    await age(14);
    expect([(await begin('driven')).kind, (await begin('silent')).kind]).toEqual(['active', 'active']);
  });

  it('adds up what its loads brought and its errors, and counts its own calls only', async () => {
    const begin = async (scope: string) => {
      const begun = await runs.begin({ ...request, scope, budgetCalls: null, deadlineMs: null });
      if (begun.kind !== 'started') throw new Error(begun.kind);
      return begun.run.runId;
    };
    const [one, other] = [await begin('one'), await begin('other')];
    const report = {
      ...{ categories: 1, offersNew: 2, offersCompleted: 8, offersChanged: 3, offersUnchanged: 4 },
      ...{ pricesOpened: 5, pricesClosed: 6, rejects: 7 },
    };
    const client = await database.pool.connect();
    await addCounts(client, one, report);
    await addCounts(client, one, { ...report, offersNew: 10 });
    client.release();
    await runs.addFailure(one, { code: 'GATEWAY_PARAM_REFUSED', mayPass: false });
    await runs.addFailure(one, { code: 'GATEWAY_BUSINESS_REFUSED', mayPass: false });
    await runs.addFailure(one, { code: 'GATEWAY_TIMEOUT', mayPass: true });
    expect((await runs.read(one))?.counts).toEqual({
      ...{ categories: 2, offersNew: 12, offersCompleted: 16, offersChanged: 6, offersUnchanged: 8 },
      ...{ pricesOpened: 10, pricesClosed: 12, rejects: 14, errors: 2 },
    });
    expect((await runs.read(other))?.counts).toMatchObject({ offersNew: 0, rejects: 0, errors: 0 });

    await database.pool.query(
      `INSERT INTO usage.api_call (granted_at, app_key, api, operation, request, request_hash, lane, is_exempt, quota_period_ids,
                                   state, send_at, send_by, run_id)
       SELECT t, '1', 'a', c.operation, '{}', '\\x00', 'manual', false, '{}', c.state, t, t, c.run_id
       FROM usage.ledger_now() t,
         (VALUES ('offer.detail', 'committed', $1::bigint), ('offer.detail', 'unknown', $1), ('offer.detail', 'unknown', $1), ('offer.detail', 'refunded', $1),
                 ('search.keyword', 'reserved', $1), ('offer.detail', 'committed', $2)) c (operation, state, run_id)`,
      [one, other],
    );
    expect(await runs.countCalls(one)).toEqual({ 'offer.detail': 3, 'search.keyword': 1 });
    expect(await runs.countCalls(other)).toEqual({ 'offer.detail': 1 });

    // None of them says that it was answered.
    expect([await runs.reasonForSilence(one), await runs.reasonForSilence(other)]).toEqual([
      'GATEWAY_BUSINESS_REFUSED',
      'targets_postponed',
    ]);
    await database.pool.query(
      `UPDATE usage.api_call SET outcome = 'ok' WHERE run_id = $1 AND state = 'committed'`,
      [one],
    );
    expect(await runs.reasonForSilence(one)).toBeNull();
    await database.pool.query(`UPDATE usage.api_call SET state = 'refunded' WHERE run_id = $1`, [other]);
    expect(await runs.reasonForSilence(other)).toBeNull();

    // Given up by ourselves before they were sent: nothing was tried.
    const refund = (outcome: string) =>
      database.pool.query(`UPDATE usage.api_call SET outcome = $2 WHERE run_id = $1`, [other, outcome]);
    await refund('not_sent');
    expect(await runs.reasonForSilence(other)).toBeNull();
    // No connection, so no byte was sent, and the calls do not count: but nothing was answered.
    await refund('transport_error');
    expect(await runs.reasonForSilence(other)).toBe('targets_postponed');
  });

  it('keeps why targets were given up, also when others are postponed after them', async () => {
    const begun = await runs.begin({ ...request, budgetCalls: null, deadlineMs: null });
    if (begun.kind !== 'started') throw new Error(begun.kind);
    const { runId } = begun.run;
    const codeAfter = async (code: string, mayPass: boolean) => {
      await runs.addFailure(runId, { code, mayPass });
      const { rows } = await database.pool.query(
        'SELECT errors, last_error_code FROM usage.by_run WHERE run_id = $1',
        [runId],
      );
      return rows[0] as unknown;
    };
    expect(await codeAfter('GATEWAY_TIMEOUT', true)).toEqual({
      errors: 0,
      last_error_code: 'GATEWAY_TIMEOUT',
    });
    const givenUp = { errors: 1, last_error_code: 'GATEWAY_BUSINESS_REFUSED' };
    expect(await codeAfter('GATEWAY_BUSINESS_REFUSED', false)).toEqual(givenUp);
    expect(await codeAfter('GATEWAY_UNAVAILABLE', true)).toEqual(givenUp);
    expect(await codeAfter('GATEWAY_REFUSED', false)).toEqual({
      errors: 2,
      last_error_code: 'GATEWAY_REFUSED',
    });
  });

  it('keeps the first end of a run', async () => {
    const begun = await runs.begin({ ...request, budgetCalls: null, deadlineMs: null });
    if (begun.kind !== 'started') throw new Error(begun.kind);
    await runs.end(begun.run.runId, 'failed', 'GATEWAY_SIGNATURE_REFUSED');
    await runs.end(begun.run.runId, 'succeeded', null);
    expect(await runs.read(begun.run.runId)).toMatchObject({
      status: 'failed',
      cause: 'GATEWAY_SIGNATURE_REFUSED',
    });
  });
});
