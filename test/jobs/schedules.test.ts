import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startScheduledRuns } from '../../src/jobs/start-scheduled-runs.ts';
import { createRunStore, type RunStore } from '../../src/load/stores/run-store.ts';
import { createSlotStore } from '../../src/load/stores/slot-store.ts';
import type { Schedule } from '../../src/model/sync-config.ts';
import { createLogger } from '../../src/core/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const nightly: Schedule = {
  name: 'nightly',
  cron: '0 2 * * *',
  timezone: 'UTC',
  feeds: ['shoes'],
  budgetCalls: 40,
  missed: 'skip',
};
const log = createLogger({ level: 'silent', pretty: false });

let database: TestDatabase;
let runs: RunStore;
beforeAll(async () => {
  database = await createTestDatabase();
  runs = createRunStore(database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE sync.slot, sync.run');
});

async function tickAt(now: string, schedules: readonly Schedule[] = [nightly]): Promise<void> {
  const slots = createSlotStore(database);
  await startScheduledRuns({ schedules, slots, runs, source: 'sandbox', log }, new Date(now));
}

async function listSlots(): Promise<string[]> {
  const { rows } = await database.pool.query<{ slot_at: Date; outcome: string; run_id: string | null }>(
    'SELECT slot_at, outcome, run_id FROM sync.slot ORDER BY schedule, slot_at',
  );
  return rows.map(
    ({ slot_at, outcome, run_id }) =>
      `${slot_at.toISOString().slice(5, 10)} ${outcome} ${run_id ? 'with' : 'without'} run`,
  );
}

describe('startScheduledRuns', () => {
  it('starts a run with the feeds and the budget of the schedule, and only once', async () => {
    await tickAt('2026-10-10T02:00:10Z');
    await tickAt('2026-10-11T02:00:10Z');
    await tickAt('2026-10-11T02:00:11Z');
    expect(await listSlots()).toEqual(['10-10 missed without run', '10-11 ran with run']);
    expect(await runs.listActive()).toMatchObject([
      { scope: 'feed:shoes', feedNames: ['shoes'], budgetCalls: 40, callsUsed: 0 },
    ]);
  });

  it('merges a slot into a run of the same scope that is active', async () => {
    await tickAt('2026-10-10T02:00:10Z');
    const request = { scope: 'feed:shoes', feedNames: ['shoes'], trigger: 'cli', source: 'sandbox' } as const;
    const begun = await runs.begin({ ...request, budgetCalls: null, deadlineMs: null });
    await tickAt('2026-10-11T02:00:10Z');
    expect(await listSlots()).toEqual(['10-10 missed without run', '10-11 merged with run']);
    expect(await runs.listActive()).toMatchObject([{ runId: begun.kind === 'started' && begun.run.runId }]);
  });

  it('writes down what was missed', async () => {
    await tickAt('2026-10-10T02:00:10Z');
    await tickAt('2026-10-12T09:00:00Z');
    expect(await listSlots()).toEqual([
      '10-10 missed without run',
      '10-11 missed without run',
      '10-12 missed without run',
    ]);
    expect(await runs.listActive()).toEqual([]);
  });

  it('keeps schedules of the same feeds apart', async () => {
    const both = [nightly, { ...nightly, name: 'wide', feeds: ['shoes', 'bags'] }];
    await tickAt('2026-10-10T02:00:10Z', both);
    await tickAt('2026-10-11T02:00:10Z', both);
    expect((await runs.listActive()).map(({ scope }) => scope)).toEqual(['feed:shoes', 'schedule:wide']);
  });
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
