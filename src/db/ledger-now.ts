import { sql } from 'drizzle-orm';
import { apiHold } from '../schema/usage.ts';
import { runSqlForOne, type SqlExecutor } from './sql-file.ts';
import { readSql } from './read-sql.ts';

/** The ledger's time, to the millisecond, in a typed query. Used twice, it may give two times. */
export const ledgerNow = sql<Date>`usage.ledger_now()`.mapWith(apiHold.heldAt);

/** The ledger's time, to the millisecond. */
export async function readLedgerNow(executor: SqlExecutor): Promise<Date> {
  const { now } = await runSqlForOne<{ now: Date }>(executor, readSql('read-ledger-now'));
  return now;
}
