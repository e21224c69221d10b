import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createWorkerHeartbeat,
  type HeartbeatDeps,
  hashWholeFile,
  listWorkerFiles,
} from '../../../src/runs/worker-heartbeat.ts';
import { productVersion } from '../../../src/core/product-version.ts';
import { createLogger } from '../../../src/core/log.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { createPool } from '../../../src/db/pool.ts';
import { checkWorkers } from '../../../src/health/doctor/check-workers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

const log = createLogger({ level: 'silent', pretty: false });
const fileOf = (pages: number) =>
  parseSyncFile(
    `account: personal\nfeeds: [{ name: bags, categories: ['54'], max_pages: ${pages} }]\n`,
    'test',
  );
const sync = fileOf(1);
const readActivity = () => ({ jobs: 0, recentCalls: 0, lastError: null });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

type Given = Pick<HeartbeatDeps, 'clock'> & Partial<HeartbeatDeps>;
const open = (given: Given) =>
  createWorkerHeartbeat({
    ...{ pool: database.pool, sync, readActivity, log },
    findQueueTrouble: () => Promise.resolve(null),
    ...given,
  });

/** Times in microseconds: two heartbeats may be of one millisecond. */
async function listWorkers(): Promise<{ worker_id: string; heartbeatUs: number }[]> {
  const { rows } = await database.pool.query<{ worker_id: string; heartbeatUs: number }>(
    `SELECT worker_id, (extract(epoch FROM heartbeat_at) * 1000000)::float8 AS "heartbeatUs" FROM sync.worker ORDER BY started_at`,
  );
  return rows;
}

test('a process is one row, written at most every five seconds; a process that was silent for a day is deleted', async () => {
  let nowMs = 0;
  const clock = { now: () => new Date(nowMs) };
  const { beat } = open({ clock });
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
  expect(second?.heartbeatUs).toBeGreaterThan(first?.heartbeatUs ?? Infinity);
  nowMs = 9999;
  await beat();
  expect(await listWorkers()).toEqual([second]);
  nowMs = 10_000;
  await beat();
  const [third] = await listWorkers();
  expect(third?.heartbeatUs).toBeGreaterThan(second?.heartbeatUs ?? Infinity);
  // A clock that is set back makes no process silent.
  nowMs = 1000;
  await beat();
  const [fourth] = await listWorkers();
  expect(fourth?.heartbeatUs).toBeGreaterThan(third?.heartbeatUs ?? Infinity);

  await database.pool.query(`UPDATE sync.worker SET heartbeat_at = heartbeat_at - interval '25 hours'`);
  await open({ clock }).beat();
  const left = await listWorkers();
  expect(left.map(({ worker_id }) => worker_id === first?.worker_id)).toEqual([false]);
});

test('a heartbeat says what a process is and does; one that ends says so, but not where nothing was heard of it', async () => {
  await database.pool.query('DELETE FROM sync.worker');
  const lastError = { code: 'GATEWAY_TIMEOUT', at: new Date('2026-11-26T04:00:00Z') };
  const clock = { now: () => new Date(0) };
  const heartbeat = open({ clock, readActivity: () => ({ jobs: 3, recentCalls: 42, lastError }) });
  await heartbeat.end();
  expect(await listWorkers()).toEqual([]);
  await heartbeat.beat();
  const read = () =>
    database.pool.query(
      'SELECT pid, version, jobs, recent_calls, last_error_code, last_error_at, ended_at FROM sync.worker',
    );
  const said = { pid: process.pid, version: productVersion(), jobs: 3, recent_calls: 42 };
  const failed = { last_error_code: 'GATEWAY_TIMEOUT', last_error_at: lastError.at };
  expect((await read()).rows).toEqual([{ ...said, ...failed, ended_at: null }]);
  await heartbeat.end();
  expect((await read()).rows).toMatchObject([{ jobs: 0, ended_at: expect.any(Date) as Date }]);
});

test('processes with different sync files are reported, once in the log and by doctor', async () => {
  await database.pool.query('DELETE FROM sync.worker');
  const lines: { level: string; hosts?: string[] }[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
  const collecting = createLogger({ level: 'info', pretty: false, stream });
  let nowMs = 0;
  const clock = { now: () => new Date(nowMs) };
  const start = (pages: number) => open({ clock, sync: fileOf(pages), log: collecting }).beat;
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
  // A process warns from its second beat on.
  expect(lines).toHaveLength(1);
  await beatAll(other, first);
  await beatAll(other);
  expect(lines).toMatchObject([
    { level: 'warn', hosts: [hostname()] },
    { level: 'warn', hosts: [hostname()] },
  ]);
  expect(await checkWorkers(database.pool)).toMatchObject([
    { name: 'workers', message: `hosts have 2 different catalog-sync.yaml: ${hostname()} | ${hostname()}` },
  ]);

  // Versions before did not say; they are left alone.
  await database.pool.query(`UPDATE sync.worker SET whole_file_hash = NULL WHERE whole_file_hash = $1`, [
    hashWholeFile(sync),
  ]);
  expect(await checkWorkers(database.pool)).toEqual([]);
});

test('a process says by what it fails, and since when', async () => {
  await database.pool.query('DELETE FROM sync.worker');
  let nowMs = 0;
  let trouble: string | null = null;
  const clock = { now: () => new Date(nowMs) };
  const heartbeat = open({ clock, findQueueTrouble: () => Promise.resolve(trouble) });
  const beat = async () => {
    nowMs += 5000;
    await heartbeat.beat();
    const { rows } = await database.pool.query<{ code: string | null; since: Date | null }>(
      'SELECT failing_code AS code, failing_since AS since, is_service FROM sync.worker',
    );
    return rows;
  };
  expect(await beat()).toEqual([{ code: null, since: null, is_service: false }]);
  heartbeat.becomeService();
  trouble = 'REDIS_UNREACHABLE';
  const [failing] = await beat();
  expect(failing).toEqual({ code: 'REDIS_UNREACHABLE', since: expect.any(Date) as Date, is_service: true });
  expect(await beat()).toEqual([failing]);
  trouble = null;
  heartbeat.noteTick('INTERNAL');
  const [other] = await beat();
  expect(other?.code).toBe('INTERNAL');
  expect(other?.since?.getTime()).toBeGreaterThan(failing?.since?.getTime() ?? Infinity);
  heartbeat.noteTick(null);
  expect(await beat()).toMatchObject([{ code: null, since: null }]);
});

test('a process that was silent for more than a day itself is the one that it was', async () => {
  await database.pool.query('DELETE FROM sync.worker');
  let nowMs = 0;
  const { beat } = open({ clock: { now: () => new Date(nowMs) } });
  await beat();
  const began = `SELECT worker_id, started_at FROM sync.worker`;
  const before = (await database.pool.query(began)).rows;
  await database.pool.query(`UPDATE sync.worker SET heartbeat_at = heartbeat_at - interval '25 hours'`);
  nowMs = 5000;
  await beat();
  expect((await database.pool.query(began)).rows).toEqual(before);
});

test('a beat does not wait for a row that another process is deleting', async () => {
  await database.pool.query('DELETE FROM sync.worker');
  const clock = { now: () => new Date(0) };
  await open({ clock }).beat();
  await database.pool.query(`UPDATE sync.worker SET heartbeat_at = heartbeat_at - interval '25 hours'`);
  const impatient = createPool({ connectionString: database.url, max: 1, log, lockTimeoutMs: 500 });
  const other = await database.pool.connect();
  try {
    await other.query('BEGIN; SELECT FROM sync.worker FOR UPDATE');
    await open({ clock, pool: impatient }).beat();
  } finally {
    await other.query('COMMIT');
    other.release();
    await impatient.end();
  }
  expect(await listWorkers()).toHaveLength(2);
});

test('only processes that beat within a minute, and since one began, are others to it', async () => {
  await database.pool.query('DELETE FROM sync.worker');
  const lines: unknown[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const collecting = createLogger({ level: 'warn', pretty: false, stream });
  let nowMs = 0;
  const clock = { now: () => new Date(nowMs) };
  const { beat } = open({ clock, log: collecting });
  await beat();
  await open({ clock, sync: fileOf(2) }).beat();
  const [theirs, own] = [hashWholeFile(fileOf(2)), hashWholeFile(sync)];
  const beatWhile = async (heartbeatAt: string) => {
    await database.pool.query(
      `UPDATE sync.worker SET heartbeat_at = ${heartbeatAt} FROM sync.worker own
       WHERE worker.whole_file_hash = $1 AND own.whole_file_hash = $2`,
      [theirs, own],
    );
    nowMs += 5000;
    await beat();
    return lines.length;
  };
  await database.pool.query(`UPDATE sync.worker SET started_at = started_at - interval '1 hour'`);
  expect(await beatWhile(`clock_timestamp() - interval '61 seconds'`)).toBe(0);
  // As for one that was replaced.
  await database.pool.query(`UPDATE sync.worker SET started_at = clock_timestamp() - interval '10 seconds'`);
  expect(await beatWhile('own.started_at')).toBe(0);
  expect(await beatWhile('clock_timestamp()')).toBe(1);
  // They are gone, which is no warning, and back, which is one.
  expect(await beatWhile(`clock_timestamp() - interval '61 seconds'`)).toBe(1);
  expect(await beatWhile('clock_timestamp()')).toBe(2);

  expect(await listWorkerFiles(database.pool)).toHaveLength(2);
  await beatWhile(`clock_timestamp() - interval '16 seconds'`);
  expect(await listWorkerFiles(database.pool)).toEqual([{ wholeFileHash: own, hosts: [hostname()] }]);
});

test('a process that ends has said so when it goes on, once, and not where its last beat was not heard', async () => {
  await database.pool.query('DELETE FROM sync.worker');
  let nowMs = 0;
  const heartbeat = open({ clock: { now: () => new Date(nowMs) } });
  const endedAt = async () =>
    (await database.pool.query<{ ended_at: Date | null }>('SELECT ended_at FROM sync.worker')).rows[0]
      ?.ended_at;
  await heartbeat.beat();
  nowMs = 5000;
  await database.pool.query('ALTER TABLE sync.worker RENAME TO elsewhere');
  await expect(heartbeat.beat()).rejects.toThrow();
  await database.pool.query('ALTER TABLE sync.elsewhere RENAME TO worker');
  await heartbeat.end();
  expect(await endedAt()).toBeNull();

  await heartbeat.beat();
  const holder = await database.pool.connect();
  let hasEnded = false;
  let ending = Promise.resolve();
  try {
    await holder.query('BEGIN; SELECT FROM sync.worker FOR UPDATE');
    ending = heartbeat.end().then(() => void (hasEnded = true));
    await until(async () => {
      const { rowCount } = await database.pool.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rowCount === 1;
    });
    expect(hasEnded).toBe(false);
  } finally {
    await holder.query('COMMIT');
    holder.release();
  }
  await ending;
  const first = await endedAt();
  expect(first).not.toBeNull();
  await heartbeat.end();
  expect(await endedAt()).toEqual(first);
});
