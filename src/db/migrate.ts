import pg from 'pg';
import { sleep } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { advisoryLocks } from './advisory-locks.ts';
import { classifyDatabaseErrors, isLockTimeout, isTransactionConflict } from './database-error.ts';
import { databaseErrors } from './errors.ts';
import { readApplied } from './migrations/applied-migrations.ts';
import {
  areRepeatablesCurrent,
  dropViews,
  makeFunctions,
  makeRepeatables,
} from './migrations/make-repeatables.ts';
import { holderFacts, lockedError } from './lock-holder.ts';
import { pickPending } from './migrations/pick-pending.ts';
import {
  findMigrationsFolder,
  readMigrations,
  readRepeatables,
  type Migration,
  type Repeatables,
} from './migrations/read-migrations.ts';
import { watchBlockers, type BlockerWatch } from './watch-blockers.ts';

export interface MigrateOptions {
  readonly connectionString: string;
  readonly log: Logger;
  /** Default: the folder that ships with the package. */
  readonly folder?: string;
  /** How often it is tried while other sessions are in the way. Default: for about two minutes. */
  readonly attempts?: number;
}

/** `UNIQUE NULLS NOT DISTINCT` came with 15. */
const oldestServer = 150_000;

/**
 * While a DDL statement waits for a lock, all readers of that table wait behind it: hence short tries. Shorter than
 * `deadlock_timeout` (1 s), so that where a worker and a migration wait for one another, mostly the migration gives way.
 */
const lockTimeoutMs = 900;
const pauseMs = 2_000;
/** Another migration is waited for longer: nobody queues up behind that. At double, a session in the way is named later. */
const turnTimeoutMs = 5_000;
/** Waits about two minutes for a long query; at half, a nightly report could stop a deployment. */
const maxAttempts = 40;

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; shown: string }>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS shown`,
  );
  const [server] = rows;
  if (!server || server.version >= oldestServer) return;
  throw new AppError(
    databaseErrors.DATABASE_TOO_OLD,
    `Postgres ${server.shown} is too old; 15 is the oldest that is supported`,
    { facts: { serverVersion: server.shown } },
  );
}

/** Drizzle's own table, so that its tools find what was applied; and one for functions and views. */
async function openBooks(client: pg.Client): Promise<void> {
  await client.query('CREATE SCHEMA IF NOT EXISTS drizzle');
  await client.query(
    `CREATE TABLE IF NOT EXISTS drizzle.__drizzle_migrations
       (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)`,
  );
  await client.query(
    `CREATE TABLE IF NOT EXISTS drizzle.repeatables
       (hash text NOT NULL, place text NOT NULL, definitions jsonb NOT NULL)`,
  );
}

/** The line of a migration at which functions are made, for the indexes and triggers below it that need them. */
const functionsMarker = /^--> functions$/m;

async function applyOne(client: pg.Client, migration: Migration, files: Repeatables): Promise<void> {
  const [above = '', below] = migration.sql.split(functionsMarker);
  await client.query(above);
  if (below !== undefined) {
    await makeFunctions(client, files);
    await client.query(below);
  }
  await client.query('INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ($1, $2)', [
    migration.hash,
    migration.createdAtMs,
  ]);
}

/** Migrations, functions and views in one transaction: the database is as it was, or as it should be. */
async function apply(client: pg.Client, folder: string): Promise<string[]> {
  await client.query('BEGIN');
  await client.query(`SET LOCAL lock_timeout = ${turnTimeoutMs}`);
  await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.migrate]);
  await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
  const pending = pickPending(readMigrations(folder), await readApplied(client));
  const files = readRepeatables(folder);
  if (pending.length > 0 || !(await areRepeatablesCurrent(client, files))) {
    await openBooks(client);
    // First, because a table can't be changed under a view.
    await dropViews(client);
    for (const migration of pending) await applyOne(client, migration, files);
    await makeRepeatables(client, files);
  }
  await client.query('COMMIT');
  return pending.map(({ name }) => name);
}

async function applyPatiently(
  client: pg.Client,
  { log, folder, attempts = maxAttempts }: MigrateOptions,
  watch: BlockerWatch,
): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await apply(client, folder ?? findMigrationsFolder());
    } catch (error) {
      const isInTheWay = isLockTimeout(error) || isTransactionConflict(error);
      const blocker = watch.last();
      if (attempt >= attempts || !isInTheWay)
        throw isLockTimeout(error) ? lockedError('of a migration', blocker, error) : error;
      log.warn(
        { attempt, maxAttempts: attempts, ...holderFacts(blocker) },
        'migration waits for a lock that another session has',
      );
      await client.query('ROLLBACK');
      await sleep(pauseMs);
    }
  }
}

/**
 * Brings the database to the state that the files describe: pending migrations, then functions and views, all or
 * nothing. Safe from many processes at once: one works, the others wait for it and find nothing to do.
 *
 * @returns the names of the migrations it applied
 * @throws AppError DATABASE_BEFORE_BASELINE, DATABASE_MIGRATION_EDITED, DATABASE_MIGRATION_OUT_OF_ORDER,
 *   DATABASE_NEWER, DATABASE_LOCKED with its holder after some minutes, DATABASE_VIEW_IN_USE, DATABASE_TOO_OLD, DATABASE_UNREACHABLE and others of the database
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const client = new pg.Client({
    connectionString: options.connectionString,
    application_name: 'catalog-sync migrate',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', (err) => {
    options.log.warn({ err }, 'connection lost while migrating');
  });
  client.on('notice', ({ severity, message }) => {
    // Notices say that something was there already.
    if (severity === 'WARNING') options.log.warn({ warning: message }, 'the database warned while migrating');
  });
  let watch: BlockerWatch | undefined;
  return classifyDatabaseErrors(async () => {
    try {
      await client.connect();
      await checkServer(client);
      watch = await watchBlockers(client, options.connectionString);
      const applied = await applyPatiently(client, options, watch);
      if (applied.length > 0) options.log.info({ applied }, 'database migrated');
      return { applied };
    } finally {
      await watch?.close();
      // Ends the session, and with it any transaction and its locks.
      await client.end();
    }
  });
}
