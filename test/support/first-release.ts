import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createLogger } from '../../src/core/log.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** A database that the first release filled, migrated since: today's code reads more of its stored answers. */
export async function createFirstReleaseDatabase(): Promise<TestDatabase> {
  const db = await createTestDatabase({ migrated: false });
  const dump = readFileSync(new URL('../fixtures/first-release.sql.gz', import.meta.url));
  const client = await db.pool.connect();
  await client.query(gunzipSync(dump).toString());
  client.release(true);
  await migrate({ connectionString: db.url, log: createLogger({ level: 'silent', pretty: false }) });
  return db;
}
