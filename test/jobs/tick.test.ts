import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../src/core/log.ts';
import type { Queues } from '../../src/jobs/queue-backend.ts';
import { tick, type TickDeps } from '../../src/jobs/tick.ts';
import { createPlanStore, type PlanStore } from '../../src/load/stores/plan-store.ts';
import { createRawStore } from '../../src/load/stores/raw-store.ts';
import { createRunStore } from '../../src/load/stores/run-store.ts';
import { parseSyncFile } from '../../src/plan/parse-sync-file.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const sync = parseSyncFile('account: business\nfeeds:\n  - { name: shoes, keywords: ["鞋"] }\n', 'test');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Queues in which some job is always at work. */
function createBusyQueues(added: string[]): Queues {
  return {
    backend: 'postgres',
    add: async (kind, jobs) => void added.push(...jobs.map(() => kind)),
    count: async () => ({ active: 1, unfinished: 1 }),
    work: () => undefined,
    stopWorkers: async () => undefined,
    close: async () => undefined,
  };
}

/** What the load of the last search page does: the window is done, and an offer is there to look at. */
async function loadLastPage(): Promise<void> {
  await database.pool.query(
    `WITH done AS (
       UPDATE sync.search_window SET completed_at = now(), leased_by = NULL, leased_until = NULL
       WHERE leased_by IS NOT NULL RETURNING window_id
     ), listed AS (
       INSERT INTO sync.window_offer (window_id, offer_id, first_seen_at, last_seen_at)
       SELECT window_id, 7, now(), now() FROM done
     )
     INSERT INTO sync.refresh (offer_id, first_seen_at) SELECT 7, now() FROM done`,
  );
}

it('a run does not end while a page is loaded that brings something new', async () => {
  const { pool } = database;
  const [runs, real] = [createRunStore({ pool }), createPlanStore({ pool })];
  let isLoading = false;
  const plan: PlanStore = {
    ...real,
    leaseOffers: async (lease) => {
      const due = await real.leaseOffers(lease);
      if (isLoading) await loadLastPage();
      isLoading = false;
      return due;
    },
  };
  const added: string[] = [];
  const deps: TickDeps = {
    exclusively: (work) => work(),
    sweep: async () => undefined,
    startScheduledRuns: async () => undefined,
    raw: createRawStore({ pool }),
    listBlocks: async () => new Map(),
    ledgerNow: async () => new Date(),
    loader: { load: async () => [], loadStored: async () => [] },
    runs,
    plan,
    queues: createBusyQueues(added),
    sync,
    log: createLogger({ level: 'silent', pretty: false }),
  };
  const begun = await runs.begin({
    scope: 'all',
    feedNames: ['shoes'],
    trigger: 'test',
    source: 'sandbox',
    budgetCalls: null,
    deadlineMs: null,
  });
  const runId = begun.kind === 'started' ? begun.run.runId : '';

  await tick(deps);
  expect(added).toEqual(['search']);
  isLoading = true;
  await tick(deps);
  expect(await runs.read(runId)).toMatchObject({ status: 'running' });
  await tick(deps);
  expect(added).toEqual(['search', 'detail']);

  await pool.query(
    'UPDATE sync.refresh SET detail_at = usage.ledger_now(), leased_by = NULL, leased_until = NULL',
  );
  await tick(deps);
  expect(await runs.read(runId)).toMatchObject({ status: 'succeeded' });
});
