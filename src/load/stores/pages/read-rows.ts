import type { Pool, PoolClient } from 'pg';
import { readSql } from '../../sql-file.ts';

/** Runs a statement of `src/load/sql`; `Row` is what its header says it returns. */
export async function readRows<Row extends object>(
  pool: Pool | PoolClient,
  name: string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  const { rows } = await pool.query<Row>(readSql(name), [...params]);
  return rows;
}
