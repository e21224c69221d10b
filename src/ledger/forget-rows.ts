import { applySql, type SqlExecutor } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** Removes a seller's id from the requests of calls; these stay counted. */
export async function forgetSellerRequests(executor: SqlExecutor, sellerId: string): Promise<void> {
  await applySql(executor, readSql('forget-seller-requests'), [sellerId]);
}

/** Deletes at most `limit` quota periods that ended before a time. @returns their number */
export function deleteOldPeriods(executor: SqlExecutor, endedBefore: Date, limit: number): Promise<number> {
  return applySql(executor, readSql('delete-old-quota-periods'), [endedBefore, limit]);
}
