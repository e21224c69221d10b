import { defineErrors } from '../core/errors.ts';

export const cliErrors = defineErrors({
  INTERRUPTED: {
    origin: 'operator',
    recovery: 'fail',
    remedy: 'A signal stopped the command before it was done. No partial result was written. Start it again.',
  },
  RUN_INTERRUPTED: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'What was fetched is kept, and calls in flight stay counted. The next `catalog-sync sync`, `worker` or `serve` continues from there.',
  },
  DEADLINE_PASSED: {
    origin: 'operator',
    recovery: 'retry',
    remedy:
      'The database did not start, or did not end, before --deadline. Give a later deadline, and look at the warnings above this error.',
  },
  PROJECT_NOT_WRITABLE: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Make the folder writable for this user, name another project folder with --project, or set DATABASE_URL: then nothing is kept in the project folder.',
  },
  RECORD_KEY_UNUSABLE: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Restore the file from a backup and let only its owner read it (chmod 600). Or remove it: a new key is made, and pseudonyms then differ from those of earlier recordings.',
  },
  DEMO_NOT_LOOPBACK: {
    origin: 'operator',
    recovery: 'halt',
    remedy: 'The demo never calls the real gateway. To go live, use `catalog-sync sync` (docs/go-live.md).',
  },
  DEMO_RUN_TAKEN: {
    origin: 'operator',
    recovery: 'retry',
    remedy: 'Stop the other process that uses the folder of the demo, then run the demo again.',
  },
  OFFER_UNKNOWN: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Check the id. Only offers that a feed has found are known; `catalog-sync sql "select offer_id, subject from catalog.offer limit 20"` lists some.',
  },
  TARGET_NOT_WAITING: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      '`catalog-sync retry --list` shows what waits, with its id. Every other target is fetched when it is due.',
  },
  EXPORT_FILE_EXISTS: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Choose another name for --out. --force replaces a file, but no folder, once the export is complete.',
  },
  EXPORT_NOT_WRITTEN: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Free disk space or choose another folder, then start the export again. This export left no file: a file gets its name only when it is complete.',
  },
  EXPORT_VALUE_UNFIT: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Parquet cannot store this value. Use --format csv, or convert the value in a query, as in `catalog-sync export --query "select nullif(observed_at, \'-infinity\') from sync.seller_observation"`.',
  },
  RECORD_NOT_FOUND: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Only stored answers can be recorded. Run a sync first, or add --call, which calls 1688 once. `catalog-sync sql "select raw_id, api, request from usage.api_call where raw_id is not null limit 20"` lists the stored answers.',
  },
  QUARANTINE_UNKNOWN: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      '`catalog-sync quarantine list` shows the newest id of each kind. A row disappears when `catalog-sync reprocess` can read its value.',
  },
  QUOTA_LIMIT_DECLARED: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Change the number where it is declared: in quotas.approved or quotas.groups of catalog-sync.yaml, or by `catalog-sync permissions set`. A limit that a command sets applies only where neither of them declares one.',
  },
  SANDBOX_NOT_STARTED: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Read the message, and any lines of the sandbox above it. If the port of `catalog-sync sandbox` is in use, choose another --port, or omit it to use a free one.',
  },
});
