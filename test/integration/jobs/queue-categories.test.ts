import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import type { Queues } from '../../../src/jobs/queue-backend.ts';
import { queueCategories, releaseLost, type QueueDeps } from '../../../src/jobs/queue-categories.ts';
import type { Run } from '../../../src/model/run.ts';
import { createLeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

const sync = parseSyncFile('account: business\nfeeds: [{ name: bags, categories: ["54"] }]\n', 'test');

/** Queues that are empty, and stay so. */
const queues: Queues = {
  backend: 'postgres',
  add: async () => undefined,
  count: async () => ({ active: 0, unfinished: 0 }),
  findTrouble: async () => null,
  work: () => undefined,
  stopWorkers: async () => undefined,
  close: async () => undefined,
};

let database: TestDatabase;
let deps: QueueDeps;
let run: Run;
beforeEach(async () => {
  database = await createTestDatabase();
  const { pool } = database;
  deps = { leases: createLeaseStore({ pool }), queues, sync };
  const begun = await createRunStore({ pool }).begin({
    ...{ scope: 'all', feedNames: ['bags'], trigger: 'test', source: 'sandbox' },
    ...{ budgetCalls: null, deadlineMs: null },
  });
  if (begun.kind !== 'started') throw new Error(`the run is ${begun.kind}`);
  run = begun.run;
});
afterEach(() => database.drop());

const request = () => ({ run, now: new Date(), feeds: sync.feeds });

async function countLeases(): Promise<number> {
  const { rows } = await database.pool.query('SELECT FROM sync.category_visit WHERE leased_by IS NOT NULL');
  return rows.length;
}

/** Whether `work` waits for a session that holds the rows of categories, and has given them back when it ends. */
async function expectToWait(work: () => Promise<unknown>): Promise<void> {
  const holder = await database.pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM sync.category_visit FOR UPDATE');
    let hasEnded = false;
    const working = work().finally(() => (hasEnded = true));
    await until(
      async () => {
        const { rows } = await database.pool.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length > 0;
      },
      { what: 'it waits for the rows' },
    );
    expect(hasEnded).toBe(false);
    await holder.query('COMMIT');
    await working;
  } finally {
    holder.release();
  }
  expect(await countLeases()).toBe(0);
}

it('what a lost queue had is given back before anything else is chosen', async () => {
  expect(await queueCategories(deps, { ...request(), isBlocked: false })).toBe(1);
  expect(await countLeases()).toBe(1);
  await expectToWait(() => releaseLost(deps, 'category', { runId: run.runId, isBlocked: false }));
});

it('when nothing may be asked for, a node that is due is counted, and is free when that is said', async () => {
  const blocked = () => queueCategories(deps, { ...request(), isBlocked: true });
  expect(await blocked()).toBe(1);
  expect(await countLeases()).toBe(0);
  await expectToWait(blocked);
});
