import type pg from 'pg';
import { AppError } from '../../core/errors.ts';
import { readLedgerNow } from '../../db/ledger-now.ts';
import { maintenanceErrors } from '../errors.ts';
import { runSqlForOne } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import { exportTimeColumns } from './time-columns.ts';

/** The start of the rows: an instant, or a duration before now by the ledger's clock. */
export type Since = { readonly at: Date } | { readonly agoMs: number };

/** A table or view to export, by its name on the command line. */
export interface RelationSource {
  readonly kind: 'relation';
  /** `catalog.offer` */
  readonly name: string;
  /** Null: all rows. */
  readonly since: Since | null;
}

interface RelationRow {
  readonly name: string | null;
  readonly timeType: string | null;
  readonly others: readonly string[];
}

const exportedSchemas = ['catalog', 'analytics', 'usage', 'sync'];

function refuseName(name: string, others: readonly string[]): AppError {
  const [schema = '', relation] = name.split('.');
  const why =
    relation === undefined
      ? `${name} has no schema in front of it`
      : !exportedSchemas.includes(schema)
        ? `${name} is not in a schema that is exported`
        : name === 'sync.token'
          ? 'sync.token holds credentials and is not exported'
          : others.length === 0
            ? `schema ${schema} has nothing to export yet`
            : `there is no ${name}; ${schema} has ${others.join(', ')}`;
  return new AppError(maintenanceErrors.EXPORT_REFUSED, why);
}

async function toInstant(client: pg.Client, since: Since): Promise<Date> {
  if ('at' in since) return since.at;
  return new Date((await readLedgerNow(client)).getTime() - since.agoMs);
}

/** A day is one of Asia/Shanghai, as everywhere in the views. */
function condition(column: string, timeType: string, since: Date): string {
  const instant = `'${since.toISOString()}'::timestamptz`;
  return timeType === 'date'
    ? `${column} >= (${instant} AT TIME ZONE INTERVAL '8 hours')::date`
    : `${column} >= ${instant}`;
}

/**
 * The query that reads a table or view, or what is new in it.
 *
 * @throws AppError EXPORT_REFUSED, EXPORT_WITHOUT_TIME
 */
export async function findRelation(client: pg.Client, { name, since }: RelationSource): Promise<string> {
  const column = exportTimeColumns[name] ?? null;
  const [schema, relation = null, ...rest] = name.split('.');
  const found = await runSqlForOne<RelationRow>(client, readSql('find-export-relation'), [
    schema,
    rest.length === 0 ? relation : null,
    column,
  ]);
  if (found.name === null) throw refuseName(name, found.others);
  if (since === null) return `SELECT * FROM ${found.name}`;
  if (column === null || found.timeType === null) {
    throw new AppError(maintenanceErrors.EXPORT_WITHOUT_TIME, `${name} has no time column to select rows by`);
  }
  const from = await toInstant(client, since);
  return `SELECT * FROM ${found.name} WHERE ${condition(column, found.timeType, from)}`;
}
