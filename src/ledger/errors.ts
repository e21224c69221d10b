import { defineErrors } from '../core/errors.ts';

/** Why the call ledger refuses. */
export const ledgerErrors = defineErrors({
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
});
