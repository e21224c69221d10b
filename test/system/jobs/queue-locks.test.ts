import pg from 'pg';
import { expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { openQueues } from '../../../src/jobs/queue-backend.ts';
import { closeQueueServer, openQueueServer } from '../../../src/jobs/queue-server.ts';
import { createTestDatabase } from '../../support/database.ts';
import { createReaderLogin } from '../../support/reader-login.ts';
import { until } from '../../support/until.ts';

/* BullMQ's own locks are advisory: a reader can take them, but neither for ever nor without being named. */

it(
  'a reader that keeps a lock of the queues is named after seconds, and jobs go on after it',
  { timeout: 60_000 },
  async () => {
    const database = await createTestDatabase();
    const login = await createReaderLogin(database);
    const reader = new pg.Client({ connectionString: login.url, application_name: 'a report' });
    const lines: { readonly err?: Record<string, unknown> }[] = [];
    const stream = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
    const log = createLogger({ level: 'warn', pretty: false, stream });
    const databaseUrl = new Secret(database.url);
    const server = openQueueServer({ redisUrl: null, databaseUrl, maxConnections: 8, log });
    const queues = openQueues({ server, log, retryDelayMs: 10, onSettled: () => undefined });
    const named = { code: 'DATABASE_LOCKED', facts: { user: login.name, application: 'a report' } };
    const job = (categoryId: string) => ({ jobId: `1-c${categoryId}`, data: { runId: '1', categoryId } });
    try {
      await reader.connect();
      await queues.add('category', [job('1')]);
      // Any job that ends takes this one shared.
      await reader.query(
        `SELECT pg_advisory_lock(hashtext('bullmq:finalization'), hashtext('category')),
              pg_advisory_lock(hashtext('bullmq:parent:category:1-c1'))`,
      );
      queues.work('category', 1, () => Promise.resolve());
      await until(() => lines.length > 0, { timeoutMs: 20_000, what: 'the log names the reader' });
      expect(lines[0]?.err).toMatchObject({
        code: named.code,
        message: expect.stringContaining(login.name) as string,
      });
      await reader.query('SELECT pg_advisory_unlock_all()');
      await until(async () => (await queues.count('category')).unfinished === 0, { timeoutMs: 30_000 });
    } finally {
      await queues.stopWorkers();
      await queues.close();
      await closeQueueServer(server);
      await reader.end();
      await login.drop();
      await database.drop();
    }
  },
);
