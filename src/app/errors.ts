import { defineErrors } from '../core/errors.ts';

export const cliErrors = defineErrors({
  INTERRUPTED: {
    recovery: 'fail',
    remedy: 'A signal stopped the command before it was done. Nothing is half-written; start it again.',
  },
  DEMO_NOT_LOOPBACK: {
    recovery: 'halt',
    remedy: 'The demo spends no real call. To go live, use `catalog-sync sync` (docs/go-live.md).',
  },
  DEMO_RUN_TAKEN: {
    recovery: 'retry',
    remedy: "Stop the other process that works on the demo's folder, then run the demo again.",
  },
  OFFER_UNKNOWN: {
    recovery: 'fail',
    remedy:
      'Check the id. Only offers that a feed has found are known; `catalog-sync sql "select offer_id, subject from catalog.offer limit 20"` lists some.',
  },
  EXPORT_FILE_EXISTS: {
    recovery: 'fail',
    remedy: 'Choose another name, or add --force to replace the file once the export is complete.',
  },
  EXPORT_NOT_WRITTEN: {
    recovery: 'fail',
    remedy:
      'Make room or choose another place, then start the export again: a file has its name only once it is complete, so there is none of this export.',
  },
  EXPORT_VALUE_UNFIT: {
    recovery: 'fail',
    remedy:
      'Parquet has no such value: use --format csv, or turn it into another one in a query, as in `catalog-sync export --query "select nullif(observed_at, \'-infinity\') from sync.seller_observation"`.',
  },
  RECORD_NOT_FOUND: {
    recovery: 'fail',
    remedy:
      'Only answers that were fetched and are still kept can be recorded: sync first, or add --call, which asks 1688 once. `catalog-sync sql "select raw_id, operation, request from raw.payload"` lists what is there.',
  },
  QUARANTINE_UNKNOWN: {
    recovery: 'fail',
    remedy:
      '`catalog-sync quarantine list` shows the newest id of each kind. Rows go once `catalog-sync reprocess` can read their values.',
  },
  QUOTA_LIMIT_DECLARED: {
    recovery: 'fail',
    remedy:
      'Change the number where it is declared: in quotas.approved or quotas.groups of catalog-sync.yaml, or by `catalog-sync permissions set`. What a command sets is only kept where neither says anything.',
  },
  SANDBOX_NOT_STARTED: {
    recovery: 'fail',
    remedy: 'Choose another --port, or leave it out to get a free one.',
  },
});
