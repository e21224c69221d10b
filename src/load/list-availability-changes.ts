import type { Pool } from 'pg';
import { runSql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** An offer that can no longer be ordered, or can be again. */
export interface AvailabilityChange {
  readonly offerId: string;
  readonly subject: string | null;
  readonly change: 'listed_again' | 'sold_out' | 'in_stock_again';
  /** The state or the stock before. */
  readonly was: string | null;
}

/** Changes since the first run of a trigger began. */
export function listAvailabilityChanges(
  pool: Pool,
  trigger: string,
  limit: number,
): Promise<AvailabilityChange[]> {
  return runSql<AvailabilityChange>(pool, readSql('list-availability-changes'), [trigger, limit]);
}
