import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { openQueues, type Queues } from '../../../src/jobs/queue-backend.ts';
import { closeQueueServer, openQueueServer } from '../../../src/jobs/queue-server.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createLimitedLogin, type LimitedLogin } from '../../support/limited-login.ts';
import { until } from '../../support/until.ts';

interface Site {
  readonly database: TestDatabase;
  readonly login: LimitedLogin;
  readonly queues: Queues;
  /** Warnings and errors so far. */
  readonly lines: readonly string[];
}

async function withSite(maxConnections: number, work: (site: Site) => Promise<void>): Promise<void> {
  const database = await createTestDatabase();
  const login = await createLimitedLogin(database);
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ level: 'warn', pretty: false, stream });
  const databaseUrl = new Secret(login.url);
  const server = openQueueServer({ redisUrl: null, databaseUrl, maxConnections, log });
  const queues = openQueues({ server, log, retryDelayMs: 10, onSettled: () => undefined });
  try {
    await work({ database, login, queues, lines });
  } finally {
    await queues.stopWorkers();
    await queues.close();
    await closeQueueServer(server);
    await login.drop();
    await database.drop();
  }
}

const job = (categoryId: string) => ({ jobId: `1-c${categoryId}`, data: { runId: '1', categoryId } });

describe('queues on a Postgres without a free connection', () => {
  it('fail a second later, and are ready once there is one', () =>
    withSite(8, async ({ login, queues }) => {
      await login.allow(0);
      const beganAt = performance.now();
      await expect(queues.count('category')).rejects.toMatchObject({ code: 'DATABASE_FULL' });
      expect(performance.now() - beganAt).toBeGreaterThan(900);
      // What is wrong with Postgres is no trouble of the queues alone.
      expect(await queues.findTrouble()).toBeNull();
      await login.allow(-1);
      expect(await queues.count('category')).toEqual({ active: 0, unfinished: 0 });
    }));

  it('leave the process alive, with one line of the log, and work when there is one again', () =>
    withSite(8, async ({ login, queues, lines }) => {
      await login.allow(0);
      const done: string[] = [];
      queues.work('category', 4, async ({ data }) => void done.push(data.categoryId));
      queues.work('detail', 4, async () => undefined);
      await delay(3000);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain('"code":"DATABASE_FULL"');
      await login.allow(-1);
      await until(() => queues.add('category', [job('7')]).then(() => true));
      await until(() => done.length === 1);
    }));

  it('let go of their workers', () =>
    withSite(8, async ({ login, queues, lines }) => {
      await login.allow(0);
      queues.work('category', 4, async () => undefined);
      await until(() => lines.length > 0, { what: 'a worker is refused a connection' });
      const beganAt = performance.now();
      await queues.stopWorkers();
      expect(performance.now() - beganAt).toBeLessThan(5000);
    }));

  it('have the connections that they are given, however many workers there are', () =>
    withSite(6, async ({ login, queues }) => {
      const kinds = ['category', 'search', 'seller', 'image', 'detail'] as const;
      let done = 0;
      for (const kind of kinds) queues.work(kind, 8, async () => void (done += 1));
      await queues.add(
        'category',
        Array.from({ length: 200 }, (_, at) => job(String(at))),
      );
      let most = 0;
      await until(async () => {
        most = Math.max(most, await login.count());
        return done === 200;
      });
      expect(most).toBeLessThanOrEqual(6);
    }));
});

// Full disk, no connection, ended by an administrator, a privilege that is missing, and what nobody foresaw.
it.each(['53100', '53300', '57P01', '42501', '22000'])(
  'a statement that fails by %s is repeated about once a second, and the job is done in the end',
  (state) =>
    withSite(8, async ({ database, queues, lines }) => {
      await queues.add('category', [job('7')]);
      // A sequence counts on in transactions that fail.
      await database.pool.query(`
        CREATE SEQUENCE public.attempts;
        CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          PERFORM nextval('public.attempts');
          RAISE EXCEPTION 'refused by the test' USING ERRCODE = '${state}';
        END $$;
        CREATE TRIGGER refuse BEFORE UPDATE ON bullmq.job FOR EACH ROW EXECUTE FUNCTION public.refuse()`);
      let done = 0;
      const countAttempts = async () => {
        const counted = 'SELECT last_value::int AS attempts FROM public.attempts';
        return (await database.pool.query<{ attempts: number }>(counted)).rows[0]?.attempts ?? 0;
      };
      const beganAt = performance.now();
      queues.work('category', 4, async () => void (done += 1));
      await until(async () => (await countAttempts()) > 4, { what: 'five attempts' });
      expect(performance.now() - beganAt).toBeGreaterThan(1900);
      await database.pool.query('DROP TRIGGER refuse ON bullmq.job');
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.length).toBeLessThan(9);
      await until(() => done === 1);
    }),
);
