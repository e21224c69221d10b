import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { migrate } from '../../../src/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { describeSchema, listTables, readContent } from '../../support/describe-database.ts';

/*
 * `first-release.sql.gz` is the dump of a database that release 0.1.0 filled: 222 calls of two days against the
 * sandbox, with price history, quarantine, drift, a hold, permissions, schedule slots and a queue on Postgres. It never
 * changes; every later release must take it over.
 */
const dump = gunzipSync(
  readFileSync(new URL('../../fixtures/first-release.sql.gz', import.meta.url)),
).toString();

let old: TestDatabase;
let fresh: TestDatabase;
let contentBefore: Map<string, string>;

beforeAll(async () => {
  [old, fresh] = [await createTestDatabase({ migrated: false }), await createTestDatabase()];
  // In a session of its own, whose settings end with it.
  const client = await old.pool.connect();
  await client.query(dump);
  client.release(true);
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

  it('is brought up to date without a change to any row that was there', async () => {
    const tables = await listTables(old.pool);
    const log = createLogger({ level: 'silent', pretty: false });
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
