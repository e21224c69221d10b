import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { inTransaction } from '../../../src/db/in-transaction.ts';
import { migrate } from '../../../src/db/migrate.ts';
import { findStrayed, readRecorded } from '../../../src/db/migrations/make-repeatables.ts';
import { requireMigrated } from '../../../src/db/require-migrated.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { describeSchema, listTables, readContent } from '../../support/describe-database.ts';

/*
 * `first-release.sql.gz` is the dump of a database that the first release filled: two days of syncs against the sandbox,
 * with price history, quarantine, drift and a queue on Postgres, and a row of most other tables (`npm run
 * fixtures:release`). It never changes once that release is out; every later one must take it over.
 * `before-baseline.sql.gz` is of a version before that, whose migrations there are no more.
 */
const readDump = (name: string) =>
  gunzipSync(readFileSync(new URL(`../../fixtures/${name}.sql.gz`, import.meta.url))).toString();

/** In a session of its own, whose settings end with it. */
async function restore({ pool }: TestDatabase, name: string): Promise<void> {
  const client = await pool.connect();
  await client.query(readDump(name));
  client.release(true);
}

const log = createLogger({ level: 'silent', pretty: false });

let old: TestDatabase;
let fresh: TestDatabase;
let contentBefore: Map<string, string>;

beforeAll(async () => {
  [old, fresh] = [await createTestDatabase({ migrated: false }), await createTestDatabase()];
  await restore(old, 'first-release');
  contentBefore = await readContent(old.pool, await listTables(old.pool));
});
afterAll(async () => {
  await old.drop();
  await fresh.drop();
});

describe('a database that the first release filled', () => {
  it('has something in most tables', () => {
    const filled = [...contentBefore].filter(([, content]) => !content.startsWith('0 rows'));
    expect(filled.length).toBeGreaterThan(30);
  });

  it('says that its functions and views can not be compared since it was restored', async () => {
    const strayed = await inTransaction(old.pool, async (client) => {
      const recorded = await readRecorded(client);
      return recorded && findStrayed(client, recorded);
    });
    expect(strayed).toEqual([expect.stringContaining('restored from a dump')]);
  });

  it('is brought up to date without a change to any row that was there', async () => {
    const tables = await listTables(old.pool);
    await migrate({ connectionString: old.url, log });
    const contentAfter = await readContent(old.pool, tables);
    expect(Object.fromEntries(contentAfter)).toEqual(Object.fromEntries(contentBefore));
  });

  it('then has the very schema of a new database', async () => {
    const [upgraded, made] = [await describeSchema(old.pool), await describeSchema(fresh.pool)];
    expect(made.length).toBeGreaterThan(500);
    expect(upgraded).toEqual(made);
  });
});

describe('a database from before the first release', () => {
  let older: TestDatabase;
  beforeAll(async () => {
    older = await createTestDatabase({ migrated: false });
    await restore(older, 'before-baseline');
  });
  afterAll(() => older.drop());

  const readAll = async () => ({
    schema: await describeSchema(older.pool),
    content: Object.fromEntries(await readContent(older.pool, await listTables(older.pool))),
    booked: (await older.pool.query('SELECT * FROM drizzle.__drizzle_migrations ORDER BY id')).rows,
    tables: (
      await older.pool.query("SELECT oid::regclass::text, xmin FROM pg_class WHERE relkind <> 't' ORDER BY 1")
    ).rows,
  });

  it('is refused, says what to do, and is as it was', async () => {
    const before = await readAll();
    expect(
      Object.values(before.content).filter((content) => !content.startsWith('0 rows')).length,
    ).toBeGreaterThan(25);
    const refused = migrate({ connectionString: older.url, log });
    await expect(refused).rejects.toMatchObject({
      code: 'DATABASE_BEFORE_BASELINE',
      kind: { remedy: expect.stringContaining('new, empty database') as string },
    });
    await expect(requireMigrated(older.pool)).rejects.toMatchObject({ code: 'DATABASE_BEFORE_BASELINE' });
    expect(await readAll()).toEqual(before);
  });

  it('is refused as well without the list of its migrations', async () => {
    await older.pool.query('DROP SCHEMA drizzle CASCADE');
    const refused = migrate({ connectionString: older.url, log });
    await expect(refused).rejects.toMatchObject({ code: 'DATABASE_BEFORE_BASELINE' });
  });
});
