import { getTableColumns, sql, type SQL } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import type { Pool } from 'pg';
import * as schema from '../../src/schema/index.ts';

/** The tables of `copy-rows.ts`, in its order. */
const tables: readonly PgTable[] = [
  schema.seller,
  schema.offer,
  schema.offerAttribute,
  schema.sku,
  schema.price,
  schema.observation,
  schema.refresh,
  schema.sellerObservation,
];

type Row = Record<string, unknown>;

export interface KeptRows {
  readonly table: PgTable;
  readonly rows: readonly Row[];
}

/** What a load made, as drizzle gives it. */
export async function readByDrizzle(pool: Pool): Promise<KeptRows[]> {
  const db = drizzle(pool);
  const kept: KeptRows[] = [];
  for (const table of tables) kept.push({ table, rows: await db.select().from(table) });
  return kept;
}

function keyOf(table: PgTable): PgColumn[] {
  const { primaryKeys, columns } = getTableConfig(table);
  return primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary);
}

/** Every other column, from the row that did not fit. */
function overwrite(table: PgTable, key: readonly PgColumn[]): Record<string, SQL> {
  const names = key.map(({ name }) => name);
  return Object.fromEntries(
    Object.entries(getTableColumns(table))
      .filter(([, column]) => !names.includes(column.name) && column.generated === undefined)
      .map(([property, column]) => [property, sql.raw(`excluded.${column.name}`)]),
  );
}

/** As many as its parameters allow: Postgres takes 65,535 in a statement. */
const rowsPerStatement = 500;

async function insert(db: Pick<NodePgDatabase, 'insert'>, { table, rows }: KeptRows): Promise<void> {
  const key = keyOf(table);
  for (let from = 0; from < rows.length; from += rowsPerStatement)
    await db
      .insert(table)
      .values(rows.slice(from, from + rowsPerStatement))
      .onConflictDoUpdate({ target: key, set: overwrite(table, key) });
}

/** Writes the rows as drizzle's documentation shows it: many rows a statement, each newer one over the older. */
export async function insertByDrizzle(pool: Pool, kept: readonly KeptRows[]): Promise<void> {
  await drizzle(pool).transaction(async (db) => {
    for (const table of kept) await insert(db, table);
  });
}
