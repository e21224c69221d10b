import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overPool } from '../../../src/app/over-pool.ts';
import { readHealth } from '../../../src/app/read-health.ts';
import { openSession } from '../../../src/app/session.ts';
import { withAppDatabase } from '../../../src/app/with-app-database.ts';
import { withReader } from '../../../src/app/with-reader.ts';
import { createLogger } from '../../../src/core/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { createReaderLogin, type ReaderLogin } from '../../support/reader-login.ts';
import { until } from '../../support/until.ts';
import { openWebWorld } from '../../support/web-world.ts';

let database: TestDatabase;
let empty: TestDatabase;
let login: ReaderLogin;
beforeAll(async () => {
  database = await createTestDatabase();
  empty = await createTestDatabase({ migrated: false });
  login = await createReaderLogin(database);
});
afterAll(async () => {
  await login.drop();
  await database.drop();
  await empty.drop();
});

const log = createLogger({ level: 'silent', pretty: false });
const syncFile = 'account: personal\nfeeds: [{ name: bags, categories: ["54"] }]\n';

function open(env: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}) {
  const cwd = createProject(files);
  const { context, stderr } = createWorld({ env, cwd });
  const session = openSession(new Command().setOptionValue('project', cwd), context, { logs: 'command' });
  return { session, stderr };
}

/** Before the 10 s after which a connection that is not used ends by itself. */
const soon = { timeoutMs: 6000 };

/** Connections of the program to a database. */
const countConnections = async ({ pool, url }: TestDatabase) => {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(*)::int FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()',
    [new URL(url).pathname.slice(1)],
  );
  return rows[0]?.count ?? 0;
};

describe('the login of a query', () => {
  const read = async (env: Readonly<Record<string, string>>, warns = true) => {
    const { session, stderr } = open(env);
    const url = await withReader(session, { warns }, (connectionString) => Promise.resolve(connectionString));
    return { url, said: stderr.text };
  };

  it('is that of DATABASE_READ_URL, which may only read', async () => {
    const env = { DATABASE_URL: database.url, DATABASE_READ_URL: login.url };
    expect(await read(env)).toEqual({ url: login.url, said: '' });
    await until(async () => (await countConnections(database)) === 0, soon);
  });

  it('is refused when DATABASE_READ_URL may do more', async () => {
    const env = { DATABASE_URL: database.url, DATABASE_READ_URL: database.url };
    for (const warns of [true, false])
      await expect(read(env, warns)).rejects.toMatchObject({
        code: 'QUERY_LOGIN_UNSAFE',
        message: 'the login of DATABASE_READ_URL has the rights of a superuser',
      });
  });

  it('is that of DATABASE_URL where no other is named, with a warning for queries of people', async () => {
    const { url, said } = await read({ DATABASE_URL: database.url });
    expect(url).toBe(database.url);
    expect(said).toMatch(
      /^warning: the login of DATABASE_URL has the rights of a superuser; set DATABASE_READ_URL/,
    );
    expect(await read({ DATABASE_URL: database.url }, false)).toEqual({ url: database.url, said: '' });
  });

  it('that only reads gives no cause for a warning', async () => {
    expect(await read({ DATABASE_URL: login.url })).toEqual({ url: login.url, said: '' });
  });

  it('that owns tables of the catalog is named as one', async () => {
    const owner = await createReaderLogin(database);
    await database.pool.query(
      `CREATE TABLE catalog.of_another (); ALTER TABLE catalog.of_another OWNER TO ${owner.name}`,
    );
    try {
      expect((await read({ DATABASE_URL: owner.url })).said).toMatch(
        /DATABASE_URL owns tables of the catalog;/,
      );
    } finally {
      await database.pool.query('DROP TABLE catalog.of_another');
      await owner.drop();
    }
  });
});

describe('the data of an app', () => {
  const key = { ALIBABA_APP_KEY: '4711471' };

  it.each([
    [{}, 'ALIBABA_APP_KEY is not set, so it is not known whose permissions these are'],
    [
      { ALIBABA_APP_KEY: '12345678' },
      'ALIBABA_APP_KEY is a placeholder, so it is not known whose permissions these are',
    ],
  ])('with %j are nobody’s', async (env, message) => {
    const { session } = open({ ...env, DATABASE_URL: database.url });
    const work = withAppDatabase(session, 'permissions these are', () => Promise.resolve());
    await expect(work).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING', message });
  });

  it('are those of the project, with its sync file if it has one', async () => {
    const read = (files: Readonly<Record<string, string>>) =>
      withAppDatabase(
        open({ ...key, DATABASE_URL: database.url }, files).session,
        'x',
        async ({ pool, appKey, sync }) => {
          const { rows } = await pool.query<{ name: string }>('SELECT current_database() AS name');
          return [rows[0]?.name, appKey, sync?.feeds.map(({ name }) => name)];
        },
      );
    const name = new URL(database.url).pathname.slice(1);
    expect(await read({})).toEqual([name, '4711471', undefined]);
    expect(await read({ 'catalog-sync.yaml': syncFile })).toEqual([name, '4711471', ['bags']]);
    await until(async () => (await countConnections(database)) === 0, soon);
  });

  it('need a database that is migrated, which only `migrate` makes of one', async () => {
    const refused = { code: 'DATABASE_NOT_MIGRATED' };
    const { session } = open({ ...key, DATABASE_URL: empty.url });
    let isOpened = false;
    const work = () => {
      isOpened = true;
      return Promise.resolve();
    };
    await expect(withAppDatabase(session, 'x', work)).rejects.toMatchObject(refused);
    await expect(overPool({ connectionString: empty.url, max: 1, log }, work)).rejects.toMatchObject(refused);
    const health = readHealth({ pool: empty.pool, appKey: '4711471', feeds: [] });
    await expect(health).rejects.toMatchObject(refused);
    expect(isOpened).toBe(false);
    await until(async () => (await countConnections(empty)) === 0, soon);
  });
});

it('connections for work end with it, and what it has begun is waited for', async () => {
  const pools = await overPool({ connectionString: database.url, max: 1, log }, async (pool) => {
    const client = await pool.connect();
    void client.query('SELECT pg_sleep(0.1)').finally(() => client.release());
    return pool;
  });
  expect([pools.ended, pools.totalCount]).toEqual([true, 0]);
});

it('a database that lacks one migration of this version is not worked on', async () => {
  const behind = await createTestDatabase({ migrated: false });
  try {
    const refused = { code: 'DATABASE_NOT_MIGRATED' };
    const health = readHealth({ pool: behind.pool, appKey: '4711471', feeds: [] });
    await expect(health).rejects.toMatchObject(refused);
    const web = await openWebWorld({ database: behind });
    try {
      await expect(web.deps.checkReady()).rejects.toMatchObject(refused);
    } finally {
      await web.close();
    }
  } finally {
    await behind.drop();
  }
});
