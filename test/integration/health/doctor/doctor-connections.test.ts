import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { checkConnections } from '../../../../src/health/doctor/check-connections.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { createLimitedLogin, type LimitedLogin } from '../../../support/limited-login.ts';

let db: TestDatabase;
let login: LimitedLogin;
let pool: pg.Pool;
beforeAll(async () => {
  db = await createTestDatabase();
  login = await createLimitedLogin(db);
  pool = new pg.Pool({ connectionString: login.url, max: 1 });
  // `end` does not wait for the server, which ends what is left of this login.
  pool.on('error', () => undefined);
});
afterEach(async () => {
  await login.allow(-1);
  await db.pool.query('TRUNCATE sync.worker');
});
afterAll(async () => {
  await pool.end();
  await login.drop();
  await db.drop();
});

const messages = async (queues: 'postgres' | 'redis') =>
  (await checkConnections(pool, queues)).map(({ status, message }) => `${status} ${message}`);

/** Processes that work, by when they last said so. */
async function addProcesses(count: number, secondsAgo: number): Promise<void> {
  await db.pool.query(
    `INSERT INTO sync.worker (worker_id, host, started_at, heartbeat_at)
     SELECT gen_random_uuid(), 'host', now(), now() - make_interval(secs => $2) FROM generate_series(1, $1)`,
    [count, secondsAgo],
  );
}

test('one process has room on this server, also before it is started', async () => {
  expect(await messages('postgres')).toEqual([]);
  await addProcesses(1, 0);
  expect(await messages('postgres')).toEqual([]);
});

test('the limit of the login is compared with the need of the processes that work now', async () => {
  await login.allow(20);
  await addProcesses(1, 0);
  await addProcesses(5, 60);
  expect(await messages('postgres')).toEqual([]);
  await addProcesses(1, 0);
  expect(await messages('postgres')).toEqual([
    'warn 2 processes use up to 40 connections to Postgres; allowed are: this login 20',
  ]);
  await login.allow(24);
  expect(await messages('redis')).toEqual([]);
  await login.allow(23);
  expect(await messages('redis')).toEqual([
    'warn 2 processes use up to 24 connections to Postgres; allowed are: this login 23',
  ]);
});

test('no limit of a login holds for a superuser', async () => {
  const name = new URL(login.url).username;
  await login.allow(5);
  expect(await messages('postgres')).toHaveLength(1);
  await db.pool.query(`ALTER ROLE ${name} SUPERUSER`);
  expect(await messages('postgres')).toEqual([]);
  await db.pool.query(`ALTER ROLE ${name} NOSUPERUSER`);
});

test('the limit of the database counts as well', async () => {
  const name = new URL(db.url).pathname.slice(1);
  await db.pool.query(`ALTER DATABASE ${name} CONNECTION LIMIT 19`);
  expect(await messages('postgres')).toEqual([
    'warn 1 process uses up to 20 connections to Postgres; allowed are: this database 19',
  ]);
  await db.pool.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);
});

test('the connections that the server keeps for superusers are not counted', async () => {
  const { rows } = await db.pool.query<{ all: number; kept: number }>(
    `SELECT current_setting('max_connections')::int AS all,
            current_setting('superuser_reserved_connections')::int AS kept`,
  );
  const { all = 0, kept = 0 } = rows[0] ?? {};
  await addProcesses(Math.floor(all / 20), 0);
  const most = all - kept;
  expect(kept).toBeGreaterThan(0);
  expect(await messages('postgres')).toEqual(
    Math.floor(all / 20) * 20 <= most
      ? []
      : [expect.stringContaining(`allowed are: the server ${String(most)}`) as string],
  );
});
