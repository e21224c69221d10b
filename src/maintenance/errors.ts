import { defineErrors } from '../core/errors.ts';

/** Why an export or a reprocess is refused. */
export const maintenanceErrors = defineErrors({
  EXPORT_REFUSED: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Name a table or view of catalog, analytics, usage or sync, as in catalog.offer; `catalog-sync export --query "select ..."` exports anything else that can be read (docs/export.md).',
  },
  EXPORT_WITHOUT_TIME: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Omit --since to export all rows, or select rows with a condition: `catalog-sync export --query "select ... where ..."`. docs/export.md lists the tables and views that have a time, and its column.',
  },
  EXPORT_SEQUENCE_UNKNOWN: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Fill an empty copy by `catalog-sync export --changes-since start --out <folder>`, and go on from the `to` of its manifest. After a restore or a move of the database that is the only way (docs/export.md).',
  },
  EXPORT_ON_STANDBY: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Let DATABASE_READ_URL name the primary. Whole tables and queries can be exported from a standby.',
  },
  REPROCESS_RUNNING: {
    origin: 'operator',
    recovery: 'retry',
    remedy:
      'Wait until the other `catalog-sync reprocess` ends, or stop it. The next one continues from there.',
  },
});
