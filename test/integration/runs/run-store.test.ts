import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
