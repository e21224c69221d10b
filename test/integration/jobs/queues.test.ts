import { DelayedError, RateLimitError } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { openQueues, type Queues } from '../../../src/jobs/queue-backend.ts';
import { closeQueueServer, openQueueServer } from '../../../src/jobs/queue-server.ts';
import { createQueuesToSee } from '../../../src/jobs/queues-to-see.ts';
import { createTestDatabase } from '../../support/database.ts';
import { findTestPort } from '../../support/find-test-port.ts';
import { startTestRedis } from '../../support/redis.ts';
import { listBackends, type Backend } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import { openWeakLink } from '../../support/weak-link.ts';

const log = createLogger({ level: 'silent', pretty: false });

async function withQueues(
  backend: Backend,
  work: (queues: Queues, countSettled: () => number, lines: readonly string[]) => Promise<void>,
): Promise<void> {
  const database = await createTestDatabase();
  const redis = backend === 'redis' ? await startTestRedis() : null;
  const server = openQueueServer({
    redisUrl: redis?.url ? new Secret(redis.url) : null,
    databaseUrl: new Secret(database.url),
    maxConnections: 8,
    log,
  });
  let settled = 0;
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const told = createLogger({ level: 'warn', pretty: false, stream });
  const queues = openQueues({ server, log: told, retryDelayMs: 10, onSettled: () => void (settled += 1) });
  try {
    expect(queues.backend).toBe(backend);
    await work(queues, () => settled, lines);
    expect(await queues.findTrouble()).toBeNull();
  } finally {
    await queues.stopWorkers();
    await queues.close();
    await closeQueueServer(server);
    await redis?.close();
    await database.drop();
  }
}

const job = (categoryId: string) => ({ jobId: `1-c${categoryId}`, data: { runId: '1', categoryId } });

describe.each(listBackends())('the queues on %s', (backend) => {
  it('take the same job once, and forget it when it is done', () =>
    withQueues(backend, async (queues, countSettled) => {
      await queues.add('category', []);
      expect(await queues.count('category')).toEqual({ active: 0, unfinished: 0 });
      await queues.add('category', [job('7'), job('8')]);
      await queues.add('category', [job('7')]);
      expect(await queues.count('category')).toEqual({ active: 0, unfinished: 2 });
      const done: string[] = [];
      queues.work('category', 2, async ({ data }) => void done.push(data.categoryId));
      await until(async () => (await queues.count('category')).unfinished === 0);
      expect(done.sort()).toEqual(['7', '8']);
      await until(() => countSettled() === 2);
      await queues.add('category', [job('7')]);
      await until(() => done.length === 3);
    }));

  it('spend no attempt on a pause of their kind, nor on a job that is put off', () =>
    withQueues(backend, async (queues) => {
      const attempts: number[] = [];
      await queues.add('category', [job('7')]);
      queues.work('category', 1, async (taken, token, pacer) => {
        attempts.push(taken.attemptsMade);
        if (attempts.length <= 6) {
          await pacer.rateLimit(20);
          throw new RateLimitError();
        }
        if (attempts.length <= 12) {
          await taken.moveToDelayed(Date.now() + 20, token);
          throw new DelayedError();
        }
      });
      await until(async () => (await queues.count('category')).unfinished === 0);
      expect(attempts).toEqual(Array.from({ length: 13 }, () => 0));
    }));

  it('try a failed job three times, and leave it to its processor to tell of it', () =>
    withQueues(backend, async (queues, countSettled, lines) => {
      const attempts: number[] = [];
      await queues.add('category', [job('7')]);
      queues.work('category', 1, async ({ attemptsMade }) => {
        attempts.push(attemptsMade);
        throw new Error('a passing fault');
      });
      await until(async () => (await queues.count('category')).unfinished === 0);
      expect(attempts).toEqual([0, 1, 2]);
      await until(() => countSettled() === 3);
      expect(lines).toEqual([]);
    }));

  it('let the jobs in flight finish when their workers stop, and keep the others', () =>
    withQueues(backend, async (queues) => {
      await queues.add('category', [job('7'), job('8')]);
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      const done: string[] = [];
      queues.work('category', 1, async ({ data }) => {
        await held;
        done.push(data.categoryId);
      });
      await until(async () => (await queues.count('category')).active === 1);
      const stopped = queues.stopWorkers();
      release();
      await stopped;
      expect(done).toHaveLength(1);
      expect(await queues.count('category')).toEqual({ active: 0, unfinished: 1 });
    }));
});

it('what BullMQ asks of Postgres fails at once if that is an answer, and else after a pause', async () => {
  const database = await createTestDatabase();
  const databaseUrl = new Secret(database.url);
  const server = openQueueServer({ redisUrl: null, databaseUrl, maxConnections: 8, log });
  if (server.backend !== 'postgres') throw new Error('the queues are not in Postgres');
  const { pool } = server.connections;
  const fail = async (code: string) => {
    const beganAtMs = performance.now();
    const raised = pool.query(`DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '${code}'; END $$`);
    await expect(raised).rejects.toMatchObject({ code });
    return performance.now() - beganAtMs;
  };
  const pauseMs = 990;
  try {
    expect(await fail('57014')).toBeGreaterThan(pauseMs);
    // A slow machine may need longer than a pause, but not each time.
    for (const code of ['BM001', '23503'])
      await until(async () => (await fail(code)) < pauseMs, { timeoutMs: 20_000 });
  } finally {
    await closeQueueServer(server);
    await database.drop();
  }
});

it('of the connections to Postgres, the one that hears of jobs is named after the kind of its worker', async () => {
  const database = await createTestDatabase();
  const databaseUrl = new Secret(database.url);
  const server = openQueueServer({ redisUrl: null, databaseUrl, maxConnections: 8, log });
  const queues = openQueues({ server, log, retryDelayMs: 10, onSettled: () => undefined });
  const listNamed = async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT application_name AS name FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = ANY ($1)`,
      [['category', 'search', 'seller', 'image', 'detail']],
    );
    return rows.map(({ name }) => name);
  };
  try {
    for (const kind of ['category', 'search', 'detail'] as const) await queues.count(kind);
    expect(await listNamed()).toEqual([]);
    queues.work('category', 1, () => Promise.resolve());
    await until(async () => (await listNamed()).length > 0, { timeoutMs: 20_000 });
    expect(await listNamed()).toEqual(['category']);
  } finally {
    await queues.stopWorkers();
    await queues.close();
    await closeQueueServer(server);
    await database.drop();
  }
});

it('of a server that is closed no connection is left, and it waits for those that are in use', async () => {
  const database = await createTestDatabase();
  const databaseUrl = new Secret(database.url);
  const server = openQueueServer({ redisUrl: null, databaseUrl, maxConnections: 8, log });
  if (server.backend !== 'postgres') throw new Error('the queues are not in Postgres');
  const countSessions = async () => {
    const { rows } = await database.pool.query(
      `SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'catalog-sync'`,
    );
    return rows.length;
  };
  try {
    const client = await server.connections.pool.connect();
    await client.query('SELECT 1');
    let isClosed = false;
    const closing = closeQueueServer(server).then(() => (isClosed = true));
    expect(await countSessions()).toBe(1);
    expect(isClosed).toBe(false);
    client.release();
    await closing;
    await until(async () => (await countSessions()) === 0, { timeoutMs: 5_000 });
  } finally {
    await closeQueueServer(server).catch(() => undefined);
    await database.drop();
  }
});

it('adding no jobs asks nothing of a server that is away', async () => {
  const url = new Secret(`redis://127.0.0.1:${await findTestPort()}`);
  const server = { backend: 'redis', url } as const;
  const queues = openQueues({ server, log, retryDelayMs: 10, onSettled: () => undefined });
  try {
    await expect(queues.add('category', [])).resolves.toBeUndefined();
  } finally {
    await queues.close();
  }
});

it('queues that are only looked at outlive an outage of Redis, and the log tells of it', async ({ skip }) => {
  const redis = await startTestRedis();
  if (redis.url === null) return skip(redis.reason);
  const link = await openWeakLink(redis.url);
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const told = createLogger({ level: 'warn', pretty: false, stream });
  const seen = createQueuesToSee({ server: { backend: 'redis', url: new Secret(link.url) }, log: told });
  try {
    await seen.requireAnswer();
    await link.cut();
    await until(() => lines.some((line) => line.includes('queue connection troubled')));
  } finally {
    await seen.close();
    await link.close();
    await redis.close();
  }
});
