import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { jobKinds } from '../../../src/jobs/job-kinds.ts';
import { openQueues } from '../../../src/jobs/queue-backend.ts';
import { closeQueueServer, openQueueServer, type QueueServer } from '../../../src/jobs/queue-server.ts';
import { createQueuesToSee } from '../../../src/jobs/queues-to-see.ts';
import { createTestDatabase } from '../../support/database.ts';
import { askRedisServer, startTestRedis } from '../../support/redis.ts';
import { listBackends } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import { openWeakLink } from '../../support/weak-link.ts';

/* What the queues say of a server that refuses them, is away, or is not ready yet. */

const silent = createLogger({ level: 'silent', pretty: false });
const job = { jobId: '1-c7', data: { runId: '1', categoryId: '7' } };
/** How long BullMQ is kept from repeating what failed. */
const pauseMs = 990;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function openBoth(server: QueueServer, log = silent) {
  const queues = openQueues({ server, log, retryDelayMs: 10, onSettled: () => undefined });
  const seen = createQueuesToSee({ server, log });
  closing.push(
    () => queues.close(),
    () => seen.close(),
  );
  return { queues, seen };
}

async function openPostgres(options: { readonly cut?: AbortSignal } = {}) {
  const database = await createTestDatabase();
  closing.push(() => database.drop());
  const databaseUrl = new Secret(database.url);
  const server = openQueueServer({
    ...{ redisUrl: null, databaseUrl, maxConnections: 12, log: silent },
    ...options,
  });
  if (server.backend !== 'postgres') throw new Error('the queues are not in Postgres');
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= closeQueueServer(server));
  closing.push(close);
  return { database, server, close };
}

describe.runIf(listBackends().includes('redis'))('queues in a Redis', () => {
  it('that refuses them say so, whether they count, add or are looked at', async () => {
    const redis = await startTestRedis();
    closing.push(() => redis.close());
    const url = new URL(redis.url ?? '');
    await askRedisServer(url.href, 'ACL SETUSER nobody on >secret ~* &* +@all -eval -evalsha');
    [url.username, url.password] = ['nobody', 'secret'];
    const { queues, seen } = openBoth({ backend: 'redis', url: new Secret(url.href) });
    const refused = { code: 'REDIS_REFUSED' };
    expect(await queues.findTrouble()).toBe(refused.code);
    await expect(queues.add('category', [job])).rejects.toMatchObject(refused);
    await expect(queues.count('category')).rejects.toMatchObject(refused);
    await expect(seen.requireAnswer()).rejects.toMatchObject(refused);
  });

  it('that is gone tell the log', async () => {
    const redis = await startTestRedis();
    closing.push(() => redis.close());
    const link = await openWeakLink(redis.url ?? '');
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const log = createLogger({ level: 'warn', pretty: false, stream });
    const { queues } = openBoth({ backend: 'redis', url: new Secret(link.url) }, log);
    await queues.count('category');
    await link.cut();
    await until(() => lines.some((line) => line.includes('queue connection troubled')));
  });

  it('end their connections when they are closed', async () => {
    const redis = await startTestRedis();
    closing.push(() => redis.close());
    const link = await openWeakLink(redis.url ?? '');
    closing.push(() => link.close());
    const { queues, seen } = openBoth({ backend: 'redis', url: new Secret(link.url) });
    await queues.count('category');
    await seen.requireAnswer();
    expect(link.countConnections()).toBeGreaterThan(1);
    await queues.close();
    await seen.close();
    expect(seen.list()).toMatchObject(jobKinds.map(() => ({ closed: true })));
    await until(() => link.countConnections() === 0);
  });
});

describe('queues in a Postgres', () => {
  /** A failure takes a pause of a second: both take it at once. */
  it('that lost their tables fail by that, and those that can not be made ready are once they can', async () => {
    const loseTables = async () => {
      const { database, server } = await openPostgres();
      const { queues, seen } = openBoth(server);
      await queues.count('category');
      await database.pool.query('ALTER SCHEMA bullmq RENAME TO elsewhere');
      const failed = { code: 'DATABASE_NOT_MIGRATED' };
      const counted = expect(queues.count('category')).rejects.toMatchObject(failed);
      const added = expect(queues.add('category', [job])).rejects.toMatchObject(failed);
      // Neither asks a Postgres.
      expect(await queues.findTrouble()).toBeNull();
      await seen.requireAnswer();
      await Promise.all([counted, added]);
    };
    const becomeReady = async () => {
      const { database, server } = await openPostgres();
      const setReadOnly = (to: 'on' | 'off') =>
        database.pool.query(
          `DO $$ BEGIN
             EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = ${to}', current_database());
           END $$`,
        );
      await setReadOnly('on');
      const { queues, seen } = openBoth(server);
      closing.push(() => queues.stopWorkers());
      const done: string[] = [];
      queues.work('category', 1, async ({ data }) => void done.push(data.categoryId));
      const refused = { code: '25006' };
      const ready = expect(seen.list()[0]?.waitUntilReady()).rejects.toMatchObject(refused);
      await expect(server.connections.ready()).rejects.toMatchObject(refused);
      await ready;
      await setReadOnly('off');
      await queues.add('category', [job]);
      await seen.list()[0]?.waitUntilReady();
      await until(() => done.length === 1);
      await until(async () => (await queues.count('category')).unfinished === 0);
    };
    await Promise.all([loseTables(), becomeReady()]);
  });

  it('end their pauses when they are closed, however many there are', async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error) => void warnings.push(name);
    process.on('warning', onWarning);
    const measure = async () => {
      const { database, server, close } = await openPostgres();
      await database.pool.query('CREATE SEQUENCE refusals');
      const beganAtMs = performance.now();
      const refused = `DO $$ BEGIN PERFORM nextval('public.refusals'); RAISE EXCEPTION 'refused'; END $$`;
      const failing = Array.from({ length: 12 }, () => server.connections.pool.query(refused));
      const ended = Promise.allSettled(failing);
      // The pool ends a connection whose statement failed.
      await until(
        async () => {
          const { rows } = await database.pool.query(
            `SELECT FROM refusals WHERE last_value = 12 AND NOT EXISTS (
             SELECT FROM pg_stat_activity
             WHERE datname = current_database() AND application_name = 'catalog-sync')`,
          );
          return rows.length === 1;
        },
        { timeoutMs: 10_000 },
      );
      await close();
      const ends = await ended;
      expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 'rejected'));
      return performance.now() - beganAtMs;
    };
    try {
      // A slow machine may need longer than a pause, but not each time.
      await until(async () => (await measure()) < pauseMs, { timeoutMs: 20_000 });
      expect(warnings).not.toContain('MaxListenersExceededWarning');
    } finally {
      process.off('warning', onWarning);
    }
  });

  it('wait for nothing any more once they are cut', async () => {
    const cut = new AbortController();
    const { server } = await openPostgres({ cut: cut.signal });
    const client = await server.connections.pool.connect();
    const asked = client.query('SELECT pg_sleep(10)').catch((error: unknown) => error);
    cut.abort();
    expect(await asked).toBeInstanceOf(Error);
    client.release(true);
  });
});
