import { defineErrors } from '../core/errors.ts';

/** Why the call ledger refuses. */
export const ledgerErrors = defineErrors({
  QUOTA_LIMIT_UNKNOWN: {
    origin: 'operator',
    recovery: 'stop-api',
    remedy:
      'No limit is known for this API, so catalog-sync does not call it. Set `account` or `quotas` in catalog-sync.yaml and start again.',
  },
  LEDGER_CLOCK_FIXED: {
    origin: 'operator',
    recovery: 'fail',
    remedy: 'The clock can only be moved in a database of sandbox data. Use another DATABASE_URL.',
  },
  LEDGER_CALL_UNKNOWN: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'A worker settled a call that this database never granted. Check that all workers use the same DATABASE_URL.',
  },
  RUN_UNKNOWN: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'The job belongs to a run that is not in this database: another one probably uses the same Redis. Use a Redis for each database, or empty it; then start a new run.',
  },
});
