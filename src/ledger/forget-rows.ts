import { applySql, type SqlExecutor } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** Takes a seller's id out of the requests of calls; they stay counted. */
export async function forgetSellerRequests(executor: SqlExecutor, sellerId: string): Promise<void> {
  await applySql(executor, readSql('forget-seller-requests'), [sellerId]);
}

/** Forgets what was counted of at most `limit` quota periods that ended before a time. @returns how many */
export function deleteOldPeriods(executor: SqlExecutor, endedBefore: Date, limit: number): Promise<number> {
  return applySql(executor, readSql('delete-old-quota-periods'), [endedBefore, limit]);
}
