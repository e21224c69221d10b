import { defineErrors } from '../core/errors.ts';

/** A remedy that says what becomes of a process that the outage did not end, and of one that it did. */
const thenGoOn = (remedy: string) =>
  `${remedy} Processes that still run then continue by themselves; start a command that has ended again.`;

/** What can go wrong between us and Postgres or Redis. */
export const databaseErrors = defineErrors({
  DATABASE_UNREACHABLE: {
    origin: 'operator',
    recovery: 'retry',
    isOutage: true,
    remedy: thenGoOn(
      'Check that Postgres runs and that DATABASE_URL names its host and port. Without DATABASE_URL, read server.log below .catalog-sync/postgres, the log of the bundled Postgres, which starts with the next command.',
    ),
  },
  DATABASE_REFUSED: {
    origin: 'operator',
    recovery: 'halt',
    isOutage: true,
    remedy:
      'Postgres refused the login, or the user lacks a privilege. Correct the user, password or database name in DATABASE_URL, or grant the missing privilege.',
  },
  DATABASE_BUSY: {
    origin: 'operator',
    recovery: 'retry',
    remedy: thenGoOn(
      'Two transactions were in conflict, or a statement took too long. If the error continues, find the long transaction in pg_stat_activity.',
    ),
  },
  DATABASE_LOCKED: {
    origin: 'operator',
    recovery: 'retry',
    remedy: thenGoOn(
      'Another session has a lock that catalog-sync needs. End the named session if it should not be there: `SELECT pg_terminate_backend(<pid>)`.',
    ),
  },
  DATABASE_FULL: {
    origin: 'operator',
    recovery: 'retry',
    isOutage: true,
    remedy: thenGoOn(
      'Postgres has no memory or no connection left for this login, or all connections of this process stayed in use. End other sessions, or raise max_connections or the limit of the login; `catalog-sync doctor` compares both with what catalog-sync needs.',
    ),
  },
  DATABASE_DISK_FULL: {
    origin: 'operator',
    recovery: 'retry',
    isOutage: true,
    remedy: thenGoOn(
      'The disk of Postgres is full. Free space on it; for the bundled Postgres, that is the disk of the project folder.',
    ),
  },
  DATABASE_READ_ONLY: {
    origin: 'operator',
    recovery: 'retry',
    isOutage: true,
    remedy: thenGoOn(
      'Postgres takes no writes: it is a standby, or default_transaction_read_only is on. Set DATABASE_URL to the primary, or switch the setting off.',
    ),
  },
  DATABASE_DAMAGED: {
    origin: 'operator',
    recovery: 'retry',
    isOutage: true,
    remedy:
      'Postgres cannot read or write its own files. Look at its log and at the disk it is on, and restore a backup if data is lost.',
  },
  DATABASE_TOO_OLD: {
    origin: 'operator',
    recovery: 'halt',
    remedy: 'Set DATABASE_URL to a Postgres 15 or newer.',
  },
  DATABASE_NOT_THERE: {
    origin: 'operator',
    recovery: 'halt',
    remedy: 'Run `catalog-sync sync`, which makes the bundled database, or set DATABASE_URL.',
  },
  DATABASE_NOT_MIGRATED: {
    origin: 'operator',
    recovery: 'halt',
    remedy: 'Run `catalog-sync migrate` against this database, then start again.',
  },
  DATABASE_BEFORE_BASELINE: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'This database cannot be migrated. Set DATABASE_URL to a new, empty database and run `catalog-sync migrate`. docs/upgrade.md says which data of the old database you can keep, and how.',
  },
  DATABASE_NEWER: {
    origin: 'operator',
    recovery: 'halt',
    remedy: 'A newer catalog-sync has migrated this database: run that version.',
  },
  DATABASE_MIGRATION_EDITED: {
    origin: 'operator',
    recovery: 'halt',
    remedy: 'Restore the named file from git as it was applied, and put the change into a new migration.',
  },
  DATABASE_MIGRATION_OUT_OF_ORDER: {
    origin: 'operator',
    recovery: 'halt',
    remedy: 'Generate the named migration again, so that it follows those that the database already has.',
  },
  DATABASE_VIEW_IN_USE: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'An object that you created depends on a view of catalog-sync, and `migrate` must re-create that view. Drop your object, run `catalog-sync migrate`, then create your object again.',
  },
  DATABASE_OTHER_SOURCE: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Sandbox data and live data never share a database. Set DATABASE_URL to another database for this run.',
  },
  DATABASE_OTHER_APP: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'A database holds the data of one app. Correct ALIBABA_APP_KEY, or set DATABASE_URL to a database of its own for this app (docs/several-apps.md). If this app replaces the one before, stop every process and run `catalog-sync auth adopt`.',
  },
  DATABASE_REJECTED: {
    origin: 'catalog-sync',
    recovery: 'fail',
    remedy:
      'Postgres refused a statement of catalog-sync. This is a bug in catalog-sync. Keep the log line with its SQLSTATE and report it.',
  },
  CONNECTION_NOT_ENCRYPTED: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Add `?sslmode=verify-full` to DATABASE_URL, and write REDIS_URL with `rediss://`. On a network that only you can read, such as that of containers, set ALLOW_UNENCRYPTED=1.',
  },
  QUERY_REFUSED: {
    origin: 'operator',
    recovery: 'fail',
    remedy: 'Correct the query; `catalog-sync sql` runs one read-only statement.',
  },
  QUERY_TOO_SLOW: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Let the query read fewer offers or days, or allow more time, as in `catalog-sync sql --timeout 10m`.',
  },
  QUERY_LOGIN_UNSAFE: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Set DATABASE_READ_URL to a login that is a member of catalog_ops or catalog_analyst, and of nothing else: docs/querying.md shows how to make one.',
  },
  REDIS_REFUSED: {
    origin: 'operator',
    recovery: 'retry',
    remedy: thenGoOn(
      'Redis answers, but refused a command. Its message says why: memory full (maxmemory), a replica that takes no writes, a full disk, or a wrong user or password.',
    ),
  },
  REDIS_UNREACHABLE: {
    origin: 'operator',
    recovery: 'retry',
    isOutage: true,
    remedy:
      'Start Redis, or correct REDIS_URL. Without REDIS_URL the queues are in Postgres, and you need no Redis.',
  },
});
