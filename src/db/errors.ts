import { defineErrors } from '../core/errors.ts';

/** What can go wrong between us and Postgres. */
export const loadErrors = defineErrors({
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
  SEARCH_TRUNCATED: {
    recovery: 'skip',
    remedy:
      'The search says that it has more than it shows. Look at usage.search_coverage; if its feed goes on like that, narrow its searches in catalog-sync.yaml.',
  },
  SEARCH_PAGE_REPEATED: {
    recovery: 'skip',
    remedy:
      'The search gave the same offers for two pages on. If every search of that API does, check its name under `apis` of catalog-sync.yaml.',
  },
  SEARCH_BOUNDS_IGNORED: {
    recovery: 'skip',
    remedy:
      'The search is read as far as one query lists, 2,000 records. Narrow it by category or keyword in catalog-sync.yaml to reach more.',
  },
  QUERY_REFUSED: {
    recovery: 'fail',
    remedy: 'Correct the query; `catalog-sync sql` runs one read-only statement.',
  },
  EXPORT_REFUSED: {
    recovery: 'fail',
    remedy:
      'Name a table or view of catalog, analytics, usage or sync, as in catalog.offer; `catalog-sync export --query "select ..."` exports anything else that can be read (docs/export.md).',
  },
  EXPORT_WITHOUT_TIME: {
    recovery: 'fail',
    remedy:
      'Leave --since out to export it whole, or choose its rows by a condition: `catalog-sync export --query "select ... where ..."`. docs/export.md lists what has a time, and which.',
  },
  QUOTA_LIMIT_UNKNOWN: {
    recovery: 'stop-api',
    remedy:
      'Nothing says how often this API may be called, so it is not called: set `account` or `quotas` in catalog-sync.yaml and start again.',
  },
  LEDGER_CLOCK_FIXED: {
    recovery: 'fail',
    remedy: 'Only a database of sandbox data has a clock that can be moved: use another DATABASE_URL.',
  },
  LEDGER_CALL_UNKNOWN: {
    recovery: 'fail',
    remedy:
      'A call was settled that this database never granted: check that all workers use the same DATABASE_URL.',
  },
  RUN_UNKNOWN: {
    recovery: 'fail',
    remedy:
      'The job belongs to a run that this database does not know: clear the queue, then start a new run.',
  },
  RAW_DAMAGED: {
    recovery: 'skip',
    remedy:
      'A stored answer lost its bytes: check the disk of Postgres. The target is asked for again when due.',
  },
  TOKEN_KEY_MISSING: {
    recovery: 'halt',
    remedy:
      'Make a key with `openssl rand -hex 32`, put it into .env.local as TOKEN_KEY, and keep a copy elsewhere: tokens are never stored unencrypted. Then run the command again.',
  },
  TOKEN_NEW_KEY_MISSING: {
    recovery: 'halt',
    remedy:
      'Write a new key into a file with `openssl rand -hex 32`, name the file in NEW_TOKEN_KEY_FILE, and run the command again.',
  },
  TOKEN_KEY_MISMATCH: {
    recovery: 'halt',
    remedy:
      'Set TOKEN_KEY to the key the tokens were stored with, or store new ones with `catalog-sync auth`.',
  },
  TOKEN_DAMAGED: {
    recovery: 'halt',
    remedy: 'The stored tokens were changed outside catalog-sync: store new ones with `catalog-sync auth`.',
  },
  TOKEN_NOT_STORED: {
    recovery: 'halt',
    remedy: 'Authorise the app with `catalog-sync auth`, then start again.',
  },
  REPROCESS_RUNNING: {
    recovery: 'retry',
    remedy: 'Wait until the other `catalog-sync reprocess` has ended, or end it: it goes on where it was.',
  },
  TOKEN_REFRESH_TIMEOUT: {
    recovery: 'retry',
    remedy: 'The refresh of the access token did not end in time. It is tried again by itself.',
  },
});
