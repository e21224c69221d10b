import { defineErrors } from '../core/errors.ts';

/** What can go wrong between us and Postgres or Redis. */
export const databaseErrors = defineErrors({
  DATABASE_UNREACHABLE: {
    recovery: 'retry',
    remedy:
      'Check that Postgres runs and that DATABASE_URL names its host and port. Work goes on by itself once it answers.',
  },
  DATABASE_REFUSED: {
    recovery: 'halt',
    remedy:
      'Postgres answered, but not to us: correct user, password or database name in DATABASE_URL, or grant the missing right.',
  },
  DATABASE_BUSY: {
    recovery: 'retry',
    remedy:
      'A lock was not free in time. It is tried again by itself; if that goes on, look for a long transaction in pg_stat_activity.',
  },
  DATABASE_FULL: {
    recovery: 'retry',
    remedy: 'Postgres has no disk, memory or connections left: make room; work then goes on by itself.',
  },
  DATABASE_TOO_OLD: {
    recovery: 'halt',
    remedy: 'Set DATABASE_URL to a Postgres 15 or newer.',
  },
  DATABASE_NOT_MIGRATED: {
    recovery: 'halt',
    remedy: 'Run `catalog-sync migrate` against this database, then start again.',
  },
  DATABASE_BEFORE_BASELINE: {
    recovery: 'halt',
    remedy:
      'It can not be brought up to date: set DATABASE_URL to a new, empty database and run `catalog-sync migrate`. docs/upgrade.md says what can be kept of the old one, and how.',
  },
  DATABASE_NEWER: {
    recovery: 'halt',
    remedy: 'A newer catalog-sync has migrated this database: run that version.',
  },
  DATABASE_MIGRATION_EDITED: {
    recovery: 'halt',
    remedy:
      'Restore the named file as it was applied (git knows it) and put the change into a new migration instead.',
  },
  DATABASE_MIGRATION_OUT_OF_ORDER: {
    recovery: 'halt',
    remedy: 'Generate the named migration anew, so that it comes after those that the database already has.',
  },
  DATABASE_VIEW_IN_USE: {
    recovery: 'halt',
    remedy:
      'Something of your own is built on one of our views, which must be made anew: drop it, run `catalog-sync migrate`, create it again.',
  },
  DATABASE_OTHER_SOURCE: {
    recovery: 'halt',
    remedy:
      'Sandbox and live data never share a database: set DATABASE_URL to another one for this kind of run.',
  },
  DATABASE_REJECTED: {
    recovery: 'fail',
    remedy:
      'Postgres refused a statement of ours. This is a defect of catalog-sync: keep the log line with its SQLSTATE and report it.',
  },
  QUERY_REFUSED: {
    recovery: 'fail',
    remedy: 'Correct the query; `catalog-sync sql` runs one read-only statement.',
  },
  REDIS_UNREACHABLE: {
    recovery: 'retry',
    remedy:
      'Start Redis, or correct REDIS_URL. Without REDIS_URL the queues are in Postgres, and no Redis is needed.',
  },
});
