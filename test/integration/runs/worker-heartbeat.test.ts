import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkerHeartbeat, hashWholeFile } from '../../../src/runs/worker-heartbeat.ts';
import { createLogger } from '../../../src/core/log.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { checkWorkers } from '../../../src/health/doctor/check-workers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const log = createLogger({ level: 'silent', pretty: false });
const fileOf = (pages: number) =>
  parseSyncFile(
    `account: personal\nfeeds: [{ name: bags, categories: ['54'], max_pages: ${pages} }]\n`,
    'test',
  );
const sync = fileOf(1);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function listWorkers(): Promise<{ worker_id: string; heartbeat_at: Date }[]> {
  const { rows } = await database.pool.query<{ worker_id: string; heartbeat_at: Date }>(
    'SELECT worker_id, heartbeat_at FROM sync.worker ORDER BY started_at',
  );
  return rows;
}

test('a process is one row, written at most every five seconds; a process that was silent for a day is deleted', async () => {
  let nowMs = 0;
  const clock = { now: () => new Date(nowMs) };
  const beat = createWorkerHeartbeat({ pool: database.pool, clock, sync, log });
  await beat();
  const [first] = await listWorkers();
  nowMs = 4999;
  await beat();
  expect(await listWorkers()).toEqual([first]);
  nowMs = 5000;
  await beat();
  const [second, ...others] = await listWorkers();
  expect(others).toEqual([]);
  expect(second?.worker_id).toBe(first?.worker_id);
  expect(second?.heartbeat_at.getTime()).toBeGreaterThan(first?.heartbeat_at.getTime() ?? Infinity);

  await database.pool.query(`UPDATE sync.worker SET heartbeat_at = heartbeat_at - interval '25 hours'`);
  await createWorkerHeartbeat({ pool: database.pool, clock, sync, log })();
  const left = await listWorkers();
  expect(left.map(({ worker_id }) => worker_id === first?.worker_id)).toEqual([false]);
});

test('processes with different sync files are reported, once in the log and by doctor', async () => {
  await database.pool.query('DELETE FROM sync.worker');
  const lines: { level: string; hosts?: string[] }[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
  const collecting = createLogger({ level: 'info', pretty: false, stream });
  let nowMs = 0;
  const clock = { now: () => new Date(nowMs) };
  const start = (pages: number) =>
    createWorkerHeartbeat({ pool: database.pool, clock, sync: fileOf(pages), log: collecting });
  const beatAll = async (...beats: (() => Promise<void>)[]) => {
    nowMs += 5000;
    for (const beat of beats) await beat();
  };
  const [before, first, same] = [start(2), start(1), start(1)];
  // A process that was replaced by one with another file causes no warning.
  await before();
  await beatAll(first, same);
  await beatAll(first, same);
  await database.pool.query('DELETE FROM sync.worker WHERE whole_file_hash <> $1', [hashWholeFile(sync)]);
  expect([lines, await checkWorkers(database.pool)]).toEqual([[], []]);

  const other = start(2);
  await beatAll(other, first);
  await beatAll(other, first);
  await beatAll(other);
  expect(lines).toMatchObject([
    { level: 'warn', hosts: [hostname()] },
    { level: 'warn', hosts: [hostname()] },
  ]);
  expect(await checkWorkers(database.pool)).toMatchObject([
    { name: 'workers', message: `they use 2 different catalog-sync.yaml: ${hostname()} | ${hostname()}` },
  ]);

  // Versions before did not say; they are left alone.
  await database.pool.query(`UPDATE sync.worker SET whole_file_hash = NULL WHERE whole_file_hash = $1`, [
    hashWholeFile(sync),
  ]);
  expect(await checkWorkers(database.pool)).toEqual([]);
});
