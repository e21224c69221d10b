import type pg from 'pg';
import { AppError } from '../../core/errors.ts';
import { classifyDatabaseErrors } from '../../db/database-error.ts';
import { inReadOnlyTransaction } from '../../db/read-only-transaction.ts';
import { runSql, runSqlForOne } from '../../db/sql-file.ts';
import { maintenanceErrors } from '../errors.ts';
import { readSql } from '../read-sql.ts';
import { deletedKey } from './changed-facts.ts';
import { formatSequence, type ChangeSequence } from './change-sequence.ts';
import { openReader, prepareSnapshot, type ExportColumn, type ExportReader } from './export-rows.ts';

export interface ChangesOptions {
  readonly connectionString: string;
  /** The `to` of the export before; null: everything. */
  readonly since: ChangeSequence;
  /** Breaks the export off when it aborts. */
  readonly signal: AbortSignal;
}

/** The changes of all facts, of one snapshot: applied to a copy as of `from`, they make it what the snapshot shows. */
export interface ChangesReader {
  readonly from: ChangeSequence;
  /** Where the next export begins. */
  readonly to: ChangeSequence;
  /** The ledger's clock at the snapshot. */
  readonly snapshotAt: Date;
  /** The months of which a table has partitions, the oldest first; none: it is not partitioned. */
  listMonths(fact: string): Promise<FactMonth[]>;
  /** Rows of a table that may be new or changed since `from`, each as it is now. */
  openChanged(fact: string, month?: FactMonth): Promise<ExportReader>;
  /** Keys that were deleted since `from`; some are there again, and among what changed. */
  openDeleted(fact: string, key: readonly string[]): Promise<ExportReader>;
  /** The types of columns as SQL names them, like `numeric(14,4)`. */
  listTypes(columns: readonly ExportColumn[]): Promise<string[]>;
}

/** A part of a table that is partitioned by time. */
export interface FactMonth {
  /** By which it is partitioned. */
  readonly column: string;
  /** Of UTC: `2026-11`. */
  readonly month: string;
}

interface Span {
  readonly isStandby: boolean;
  readonly epoch: string | null;
  readonly to: string;
  readonly isAhead: boolean | null;
  readonly maxAge: number | null;
}

/** @throws AppError EXPORT_ON_STANDBY, EXPORT_SEQUENCE_UNKNOWN */
async function readSpan(client: pg.Client, since: ChangeSequence): Promise<Span & { epoch: string }> {
  const span = await runSqlForOne<Span>(client, readSql('read-change-span'), [since?.xid ?? null]);
  const { epoch } = span;
  if (epoch === null)
    throw new AppError(maintenanceErrors.EXPORT_ON_STANDBY, 'changes are not read from a standby');
  const why =
    since !== null && since.epoch !== epoch
      ? 'was given by another database, or by this one before it was restored'
      : span.isAhead === true
        ? `is ahead of this database, which is at ${formatSequence({ epoch, xid: span.to })}`
        : null;
  if (why === null) return { ...span, epoch };
  throw new AppError(
    maintenanceErrors.EXPORT_SEQUENCE_UNKNOWN,
    `the sequence ${formatSequence(since)} ${why}`,
  );
}

/** Rows of transactions that the copy may lack. */
const isNewer = (maxAge: number | null, table = '') =>
  maxAge === null ? 'true' : `age(${table}xmin) <= ${String(maxAge)}`;

/** Months are of UTC, which is the time zone of a snapshot. */
const isOfMonth = ({ column, month }: FactMonth): string =>
  `${column} >= '${month}-01' AND ${column} < timestamptz '${month}-01' + interval '1 month'`;

function deletedQuery(fact: string, key: readonly string[], condition: string): string {
  const columns = deletedKey(key).map((column) =>
    column === 'seller_hash' ? `d.key ->> 'seller_hash' AS seller_hash` : `r.${column}`,
  );
  const [, table = ''] = fact.split('.');
  return `SELECT ${columns.join(', ')}
FROM catalog.deleted_row d, jsonb_populate_record(NULL::${fact}, d.key) r
WHERE d.fact = '${table}' AND ${condition}`;
}

/**
 * Opens the changes since a sequence in one read-only snapshot, and lets `work` read them.
 *
 * Each row keeps the number of the transaction that wrote it (`xmin`). `to` is the oldest transaction that had not ended:
 * what it and later ones commit is at `to` or after it, so no commit is missed, in whatever order they come. What later
 * ones committed already is here too, and again in the next export.
 *
 * @throws AppError EXPORT_SEQUENCE_UNKNOWN, EXPORT_ON_STANDBY, DATABASE_*
 */
export async function withChanges(
  { connectionString, since, signal }: ChangesOptions,
  work: (changes: ChangesReader) => Promise<void>,
): Promise<void> {
  await inReadOnlyTransaction({ connectionString, timeoutMs: 0, signal }, async (client, run) => {
    const [snapshotAt, span] = await classifyDatabaseErrors(
      async () => [await prepareSnapshot(client), await readSpan(client, since)] as const,
    );
    const open = (text: string) => openReader(client, run, { text, snapshotAt });
    await work({
      from: since,
      to: { epoch: span.epoch, xid: span.to },
      snapshotAt,
      listMonths: (fact) => runSql<FactMonth>(client, readSql('list-fact-months'), [fact]),
      openChanged: (fact, month) =>
        open(`SELECT * FROM ${fact} WHERE ${isNewer(span.maxAge)} AND ${month ? isOfMonth(month) : 'true'}`),
      openDeleted: (fact, key) =>
        open(deletedQuery(fact, key, since === null ? 'false' : isNewer(span.maxAge, 'd.'))),
      listTypes: async (columns) => {
        const types = await runSql<{ type: string }>(client, readSql('name-types'), [
          columns.map(({ typeId }) => typeId),
          columns.map(({ typeModifier }) => typeModifier),
        ]);
        return types.map(({ type }) => type);
      },
    });
  });
}
