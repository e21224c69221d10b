import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { AppError } from '../../core/errors.ts';
import { classifyDatabaseErrors } from '../../db/database-error.ts';
import { databaseErrors } from '../../db/errors.ts';
import { withoutSemicolon, type BatchReader } from '../../db/query-read-only.ts';
import {
  inReadOnlyTransaction,
  openCursor,
  runWithoutCursor,
  type QueryField,
  type RunOne,
} from '../../db/read-only-transaction.ts';
import { runSqlForOne } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import { findRelation, type RelationSource } from './find-relation.ts';

/** What to export: a table or view, or the rows of one query. */
export type ExportSource = RelationSource | { readonly kind: 'query'; readonly text: string };

export interface ExportOptions {
  readonly connectionString: string;
  readonly source: ExportSource;
  /** Breaks the export off when it aborts. */
  readonly signal: AbortSignal;
}

export interface ExportColumn extends QueryField {
  readonly isArray: boolean;
}

type Rows = readonly (readonly (string | null)[])[];

/** An opened query: its columns are known, and all that is read from it is of one snapshot. */
export interface ExportReader {
  readonly columns: readonly ExportColumn[];
  /** The ledger's clock at the snapshot. */
  readonly snapshotAt: Date;
  /**
   * The rows as CSV with a header, in UTF-8, as Postgres writes them. `guardedColumns`: the places of columns whose
   * cells get an apostrophe in front when a spreadsheet would take them for a formula.
   *
   * @returns how many rows, or null when the reader stopped
   */
  readCsv(guardedColumns: ReadonlySet<number>, read: BatchReader<Uint8Array>): Promise<number | null>;
  /**
   * The rows in batches, values as Postgres writes them; arrays as JSON.
   *
   * @returns false when the reader stopped
   */
  readRows(read: BatchReader<Rows>): Promise<boolean>;
}

/** At a tenth, the way to Postgres and back is half of the time; at tenfold, rows with long texts fill the memory. */
const batchRows = 2000;

/** What a spreadsheet takes for a formula, or skips to find one behind it. Excel reads the full-width signs alike. */
const formulaStart = String.raw`E'^[=+\\-@＝＋－＠\\t\\r\\n]'`;

const quoteIdentifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** `c1`: columns of a query may have the same name, or none that can be written. */
const place = (index: number) => `c${String(index)}`;

/** A query over the rows of another one, with each column rewritten. */
function rewritten(
  text: string,
  columns: readonly ExportColumn[],
  write: (name: string, column: ExportColumn, index: number) => string,
): string {
  const names = columns.map((_, index) => place(index)).join(', ');
  const list = columns
    .map((column, index) => `${write(place(index), column, index)} AS ${quoteIdentifier(column.name)}`)
    .join(', ');
  return `SELECT ${list} FROM (\n${text}\n) AS exported (${names})`;
}

async function listArrayTypes(client: pg.Client, fields: readonly QueryField[]): Promise<Set<number>> {
  const { rows } = await client.query<{ oid: number }>(
    "SELECT oid FROM pg_type WHERE oid = ANY ($1::oid[]) AND typcategory = 'A'",
    [fields.map(({ typeId }) => typeId)],
  );
  return new Set(rows.map(({ oid }) => oid));
}

/** @throws AppError QUERY_REFUSED when it is not a query */
async function readColumns(client: pg.Client, run: RunOne, text: string): Promise<ExportColumn[]> {
  if (!(await openCursor(client, run, text))) {
    await runWithoutCursor(run, text);
    throw new AppError(databaseErrors.QUERY_REFUSED, 'only the rows of a SELECT can be exported');
  }
  const { fields } = await run('FETCH 0 FROM reader');
  if (fields.length === 0) throw new AppError(databaseErrors.QUERY_REFUSED, 'the query has no columns');
  await client.query('CLOSE reader');
  const arrays = await listArrayTypes(client, fields);
  return fields.map((field) => ({ ...field, isArray: arrays.has(field.typeId) }));
}

function createReader(
  client: pg.Client,
  run: RunOne,
  { text, columns, snapshotAt }: { text: string; columns: readonly ExportColumn[]; snapshotAt: Date },
): ExportReader {
  return {
    columns,
    snapshotAt,
    readCsv: async (guarded, read) => {
      const guard = (name: string) =>
        `CASE WHEN ${name}::text ~ ${formulaStart} THEN '''' || ${name}::text ELSE ${name}::text END`;
      const query =
        guarded.size === 0
          ? text
          : rewritten(text, columns, (name, _, index) => (guarded.has(index) ? guard(name) : name));
      const stream = client.query(copyTo(`COPY (\n${query}\n) TO STDOUT (FORMAT csv, HEADER true)`));
      for await (const chunk of stream) {
        if (!(await read(chunk as Buffer))) return null;
      }
      return stream.rowCount;
    },
    readRows: async (read) => {
      const query = rewritten(text, columns, (name, { isArray }) =>
        isArray ? `to_json(${name})::text` : name,
      );
      await run(`DECLARE exported NO SCROLL CURSOR FOR ${query}`);
      for (;;) {
        const { rows } = await run(`FETCH ${String(batchRows)} FROM exported`);
        if (rows.length > 0 && !(await read(rows))) return false;
        if (rows.length < batchRows) break;
      }
      await client.query('CLOSE exported');
      return true;
    },
  };
}

/**
 * A reader of the rows of one query, in the transaction of `client`.
 *
 * @throws AppError QUERY_REFUSED when it is not a query
 */
export async function openReader(
  client: pg.Client,
  run: RunOne,
  { text, snapshotAt }: { readonly text: string; readonly snapshotAt: Date },
): Promise<ExportReader> {
  const columns = await readColumns(client, run, text);
  return createReader(client, run, { text, columns, snapshotAt });
}

/** Makes the same values the same text everywhere, and gives the ledger's now. */
export async function prepareSnapshot(client: pg.Client): Promise<Date> {
  await client.query(
    `SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true),
            set_config('IntervalStyle', 'postgres', true), set_config('bytea_output', 'hex', true)`,
  );
  return (await runSqlForOne<{ now: Date }>(client, readSql('read-clock'))).now;
}

/**
 * Opens what is to be exported in one read-only snapshot, and lets `work` read it. Times are written in UTC, binary
 * data as hex.
 *
 * @throws AppError EXPORT_REFUSED, EXPORT_WITHOUT_TIME, QUERY_REFUSED, DATABASE_*
 */
export async function withExport(
  { connectionString, source, signal }: ExportOptions,
  work: (reader: ExportReader) => Promise<void>,
): Promise<void> {
  await inReadOnlyTransaction({ connectionString, timeoutMs: 0, signal }, async (client, run) => {
    const snapshotAt = await classifyDatabaseErrors(() => prepareSnapshot(client));
    const text =
      source.kind === 'relation' ? await findRelation(client, source) : withoutSemicolon(source.text);
    await work(await openReader(client, run, { text, snapshotAt }));
  });
}
