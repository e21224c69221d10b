import { defineErrors } from '../core/errors.ts';

/** Why an export or a reprocess is refused. */
export const maintenanceErrors = defineErrors({
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
  REPROCESS_RUNNING: {
    recovery: 'retry',
    remedy: 'Wait until the other `catalog-sync reprocess` has ended, or end it: it goes on where it was.',
  },
});
