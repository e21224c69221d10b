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
      'Omit --since to export all rows, or select rows with a condition: `catalog-sync export --query "select ... where ..."`. docs/export.md lists the tables and views that have a time, and its column.',
  },
  REPROCESS_RUNNING: {
    recovery: 'retry',
    remedy:
      'Wait until the other `catalog-sync reprocess` ends, or stop it. The next one continues from there.',
  },
});
