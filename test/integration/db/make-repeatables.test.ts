import type { PoolClient } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  areRepeatablesCurrent,
  dropViews,
  makeFunctions,
  makeRepeatables,
  readRecorded,
} from '../../../src/db/migrations/make-repeatables.ts';
import { findMigrationsFolder, readRepeatables } from '../../../src/db/migrations/read-migrations.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const shipped = readRepeatables(findMigrationsFolder());

/** Does something in a transaction that is taken back. */
async function within(work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    await work(client);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

it('what was made is recorded, and is current until it is made of other files', () =>
  within(async (client) => {
    expect(await readRecorded(client)).toMatchObject({ hash: shipped.hash });
    expect(await areRepeatablesCurrent(client, shipped)).toBe(true);
    await dropViews(client);
    await makeRepeatables(client, { ...shipped, hash: 'later' });
    expect((await client.query('SELECT hash FROM drizzle.repeatables')).rows).toEqual([{ hash: 'later' }]);
    expect(await areRepeatablesCurrent(client, shipped)).toBe(false);
  }));

it('views and functions of an extension are not ours', () =>
  within(async (client) => {
    await client.query('CREATE VIEW analytics.other AS SELECT 1');
    await client.query(`CREATE FUNCTION analytics.other() RETURNS int LANGUAGE sql AS 'SELECT 1'`);
    expect(await areRepeatablesCurrent(client, shipped)).toBe(false);
    await client.query('ALTER EXTENSION plpgsql ADD VIEW analytics.other');
    expect(await areRepeatablesCurrent(client, shipped)).toBe(false);
    await client.query('ALTER EXTENSION plpgsql ADD FUNCTION analytics.other()');
    expect(await areRepeatablesCurrent(client, shipped)).toBe(true);
  }));

it('are the same wherever a session looks names up', () =>
  within(async (client) => {
    await client.query('SET LOCAL search_path TO analytics, catalog, usage, sync');
    expect(await areRepeatablesCurrent(client, shipped)).toBe(true);
  }));

const broken = { name: 'broken', sql: 'CREATE nothing' };
const refusedAsSuch = { code: '42601', message: expect.stringContaining('"nothing"') as string };

it('a function that Postgres refuses is refused for its own reason, and none after it is made', () =>
  within(async (client) => {
    const functions = [broken, ...shipped.functions];
    await expect(makeFunctions(client, { ...shipped, functions })).rejects.toMatchObject(refusedAsSuch);
  }));

it('a view that Postgres refuses is refused for its own reason', () =>
  within(async (client) => {
    const files = { ...shipped, functions: [], views: [broken] };
    await dropViews(client);
    await expect(makeRepeatables(client, files)).rejects.toMatchObject(refusedAsSuch);
  }));

it('what was recorded before and can not be forgotten is said so', () =>
  within(async (client) => {
    await dropViews(client);
    await client.query(`CREATE FUNCTION pg_temp.keep() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'kept by an audit' USING ERRCODE = 'P0001'; END $$`);
    await client.query(`CREATE TRIGGER keep BEFORE DELETE ON drizzle.repeatables FOR EACH STATEMENT
      EXECUTE FUNCTION pg_temp.keep()`);
    await expect(makeRepeatables(client, shipped)).rejects.toThrow('kept by an audit');
  }));

it.each(['catalog_analyst', 'catalog_ops', 'catalog_bi'])('readers are let in without %s', (role) =>
  within(async (client) => {
    await client.query(`ALTER ROLE ${role} RENAME TO ${role}_of_another_program`);
    await expect(client.query('SELECT sync.grant_readers()')).resolves.toBeDefined();
  }),
);
