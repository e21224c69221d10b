import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { databaseUrl, dropDatabase, withAdmin } from './admin.ts';

export interface TestDatabase {
  readonly url: string;
  /** At most 10 connections. */
  readonly pool: pg.Pool;
  /** Ends the pool and drops the database, also when something is still connected to it. */
  drop(): Promise<void>;
}

/** Postgres copies a template only while nobody else copies it. */
const cloneLock = 168_800_001;

/**
 * A database of the caller's own: a clone of the migrated template, or an empty one (`migrated: false`) for
 * tests of the migrations themselves. `copyOf`: the name of a database to copy, as a restored dump would be one; its
 * connections end. Call `drop` in `afterAll`.
 */
export async function createTestDatabase(
  options: { migrated?: boolean; copyOf?: string } = {},
): Promise<TestDatabase> {
  const { adminUrl, templateDatabase, migrationProblem, databasePrefix } = inject('testServers');
  const isMigrated = options.migrated ?? true;
  if (isMigrated && migrationProblem !== null) throw new Error(migrationProblem);
  const name = `${databasePrefix}${randomBytes(5).toString('hex')}`;
  const template = options.copyOf ?? (isMigrated ? templateDatabase : 'template0');
  await withAdmin(adminUrl, async (client) => {
    await client.query('select pg_advisory_lock($1)', [cloneLock]);
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      options.copyOf ?? null,
    ]);
    // By way of the write-ahead log, each page would be written twice.
    await client.query(`create database ${name} template ${template} strategy file_copy`);
    // A copy has the tables, but not the settings that a migration gave the database.
    if (isMigrated) await client.query(`alter database ${name} set jit = off`);
  });
  const url = databaseUrl(adminUrl, name);
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  // A test may end connections on purpose; without a listener that would end the process.
  pool.on('error', () => undefined);
  const drop = async () => {
    if (!pool.ended) await pool.end();
    await withAdmin(adminUrl, (client) => dropDatabase(client, name));
  };
  return { url, pool, drop };
}
