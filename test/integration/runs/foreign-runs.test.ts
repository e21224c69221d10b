import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { createLeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { reconcileForeignRuns, type ForeignRuns } from '../../../src/runs/reconcile-foreign-runs.ts';
import { createRunStore, type RunStore } from '../../../src/runs/run-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

/* What a process does with runs that others began with another catalog-sync.yaml. */

const sync = parseSyncFile('account: business\nfeeds:\n  - { name: shoes, keywords: ["鞋"] }\n', 'test');

let database: TestDatabase;
let runs: RunStore;
let lines: Record<string, unknown>[];
let foreignRuns: ForeignRuns;
beforeAll(async () => {
  database = await createTestDatabase();
  runs = createRunStore(database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE sync.run, sync.worker');
  lines = [];
  foreignRuns = new Map();
});

async function begin(...feedNames: readonly string[]): Promise<string> {
  const begun = await runs.begin({
    ...{ scope: feedNames.join(), feedNames, trigger: 'cli', source: 'sandbox', syncFileHash: 'theirs' },
    ...{ budgetCalls: null, deadlineMs: null },
  });
  if (begun.kind !== 'started') throw new Error(begun.kind);
  return begun.run.runId;
}

const silence = (seconds: number) =>
  database.pool.query(`UPDATE sync.run SET heartbeat_at = clock_timestamp() - $1::float8 * interval '1 s'`, [
    seconds,
  ]);

const beat = (syncFileHash: string) =>
  database.pool.query(
    `INSERT INTO sync.worker (worker_id, host, started_at, heartbeat_at, sync_file_hash)
     VALUES ($1, 'host', now(), clock_timestamp(), $2)`,
    [randomUUID(), syncFileHash],
  );

const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };

/** One tick, so many milliseconds after the first. */
async function reconcile(ms: number): Promise<void> {
  const log = createLogger({ level: 'warn', pretty: false, stream });
  const now = new Date(Date.parse('2026-11-25T12:00:00Z') + ms);
  const met = await runs.listActive();
  const deps = { runs, leases: createLeaseStore(database), syncFileHash: 'ours', sync, foreignRuns, log };
  await reconcileForeignRuns(deps, met, now);
}

it('a run without a driver for ten seconds continues with the file of this process, if that has its feeds', async () => {
  const runId = await begin('shoes');
  await beat('ours');
  await silence(16);
  await reconcile(0);
  await reconcile(9_999);
  expect(await runs.read(runId)).toMatchObject({ status: 'running', syncFileHash: 'theirs' });
  await reconcile(10_000);
  expect(await runs.read(runId)).toMatchObject({ status: 'running', syncFileHash: 'ours' });
  // It has a driver now.
  expect(await runs.listAbandoned([runId])).toEqual([]);
});

it('a run without a driver ends if this process does not have all of its feeds', async () => {
  const runId = await begin('shoes', 'hats');
  await database.pool.query(
    `INSERT INTO sync.search_window (feed, keyword, language, failed_tries, failure_code, not_before)
     VALUES ('hats', '帽', 'zh', 1, 'GATEWAY_TIMEOUT', now() + interval '1 hour')`,
  );
  await silence(16);
  await reconcile(0);
  await reconcile(10_000);
  expect(await runs.read(runId)).toMatchObject({ status: 'cancelled', cause: 'SYNC_FILE_CHANGED' });
  const { rows } = await database.pool.query('SELECT postponed FROM sync.run');
  expect(rows).toEqual([{ postponed: 1 }]);
});

it('a driver that returns keeps its run, and the ten seconds begin again after it', async () => {
  const runId = await begin('hats');
  await silence(16);
  await reconcile(0);
  await runs.heartbeat([runId]);
  await reconcile(9_000);
  await silence(16);
  await reconcile(12_000);
  await reconcile(21_999);
  expect(await runs.read(runId)).toMatchObject({ status: 'running' });
  await reconcile(22_000);
  expect(await runs.read(runId)).toMatchObject({ status: 'cancelled' });
});

it('a run is left to a living process that has its file', async () => {
  const runId = await begin('hats');
  await beat('theirs');
  await silence(16);
  for (const ms of [0, 10_000, 60_000]) await reconcile(ms);
  expect(await runs.read(runId)).toMatchObject({ status: 'running', syncFileHash: 'theirs' });
});

it('a foreign run is in the log once, and once more when it is another', async () => {
  const said = () =>
    lines.filter(({ msg }) => String(msg).startsWith('a run was started with another')).length;
  await begin('shoes');
  for (const ms of [0, 1_000, 2_000]) await reconcile(ms);
  expect(said()).toBe(1);
  const [run] = await runs.listActive();
  await runs.end(run?.runId ?? '', 'cancelled', 'signal');
  await reconcile(3_000);
  expect(foreignRuns.size).toBe(0);
  await begin('shoes');
  await reconcile(4_000);
  expect(said()).toBe(2);
});
