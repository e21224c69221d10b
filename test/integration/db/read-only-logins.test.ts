import { getEventListeners } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyReadOnly, queryReadOnly } from '../../../src/db/query-read-only.ts';
import { readLoginPower, type LoginPower } from '../../../src/db/read-login-power.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createReaderLogin, type ReaderLogin } from '../../support/reader-login.ts';
import { until } from '../../support/until.ts';

let db: TestDatabase;
let reader: ReaderLogin;
beforeAll(async () => {
  db = await createTestDatabase();
  reader = await createReaderLogin(db, 'catalog_analyst');
});
afterAll(async () => {
  await reader.drop();
  await db.drop();
});

async function power(url: string): Promise<LoginPower> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await readLoginPower(client);
  } finally {
    await client.end();
  }
}

test('a login of a group that reads has no power', async () => {
  expect(await power(reader.url)).toBeNull();
});

test.each(['pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'])(
  'a member of %s counts as a superuser, for it leaves the database',
  async (role) => {
    await db.pool.query(`GRANT ${role} TO ${reader.name}`);
    expect(await power(reader.url)).toBe('superuser');
    await db.pool.query(`REVOKE ${role} FROM ${reader.name}`);
  },
);

test.each([
  ['a table', 'ALTER TABLE catalog.offer OWNER TO'],
  ['a schema', 'ALTER SCHEMA usage OWNER TO'],
])('the owner of %s is one, whatever else it may', async (_, alter) => {
  await db.pool.query(`${alter} ${reader.name}`);
  expect(await power(reader.url)).toBe('owner');
  await db.pool.query(`${alter} CURRENT_USER`);
});

test('so is the owner of the database', async () => {
  const name = new URL(reader.url).pathname.slice(1);
  await db.pool.query(`ALTER DATABASE ${name} OWNER TO ${reader.name}`);
  expect(await power(reader.url)).toBe('owner');
  await db.pool.query(`ALTER DATABASE ${name} OWNER TO CURRENT_USER`);
});

test('the owner of a table of its own, and of another database, has no power over ours', async () => {
  await db.pool.query(`CREATE TABLE public.own (); ALTER TABLE public.own OWNER TO ${reader.name}`);
  await db.pool.query(`CREATE DATABASE ${reader.name} OWNER ${reader.name} TEMPLATE template0`);
  try {
    expect(await power(reader.url)).toBeNull();
  } finally {
    await db.pool.query(`DROP DATABASE ${reader.name}`);
    await db.pool.query('DROP TABLE public.own');
  }
});

const query = (text: string) => ({
  ...{ connectionString: reader.url, text, timeoutMs: 10_000, signal: new AbortController().signal },
});

test('Postgres itself ends a statement by its time, and plans for all of its rows', async () => {
  for (const [setting, value] of [
    ['statement_timeout', '10s'],
    ['cursor_tuple_fraction', '1'],
  ]) {
    await queryReadOnly(query(`SHOW ${setting}`), async ({ rows }) => {
      expect(rows).toEqual([[value]]);
      return true;
    });
  }
});

test('a query leaves no session, and nothing on the signal that would have broken it off', async () => {
  const { signal } = new AbortController();
  await queryReadOnly({ ...query('SELECT 1'), signal }, async () => true);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  const left = `SELECT FROM pg_stat_activity WHERE usename = '${reader.name}'`;
  await until(async () => (await db.pool.query(left)).rows.length === 0, { timeoutMs: 5000 });
});

test('what has no cursor is answered as a whole, and is no CSV', async () => {
  const batches: unknown[] = [];
  await queryReadOnly(query('SHOW search_path;'), async ({ rows }) => batches.push(rows) > 0);
  expect(batches).toEqual([[['"$user", public']]]);
  await expect(copyReadOnly(query('SHOW search_path'), async () => true)).rejects.toMatchObject({
    code: 'QUERY_REFUSED',
    message: 'only a SELECT can be written as CSV',
  });
});

test.each([
  [0, [0]],
  [1000, [500, 500]],
  [1001, [500, 500, 1]],
])('%i rows come in batches %j', async (count, sizes) => {
  const found: number[] = [];
  await queryReadOnly(query(`SELECT g FROM generate_series(1, ${String(count)}) g`), async ({ rows }) => {
    found.push(rows.length);
    return true;
  });
  expect(found).toEqual(sizes);
});
