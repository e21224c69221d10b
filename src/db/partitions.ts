import type { Pool } from 'pg';
import { runSql } from './sql-file.ts';
import { readSql } from './read-sql.ts';

/** With fewer, a maintenance that fails for a while is felt at the next turn of the month. */
const monthsAhead = 3;

/**
 * Makes the monthly partitions (UTC) of every partitioned table that are missing from the month of `around` to
 * three months later. Safe at any time and from many processes at once.
 *
 * @returns the names of those it made
 */
export async function ensurePartitions(pool: Pool, around: Date): Promise<string[]> {
  const rows = await runSql<{ partition: string }>(pool, readSql('ensure-partitions'), [around, monthsAhead]);
  return rows.map((row) => row.partition);
}
