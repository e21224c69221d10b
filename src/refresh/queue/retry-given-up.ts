import { runSqlForOne, type SqlExecutor } from '../../db/sql-file.ts';
import type { GivenUpChoice } from '../../model/given-up.ts';
import { readSql } from '../read-sql.ts';

/** Makes targets that were given up after an error due at once. @returns their number */
export async function retryGivenUp(executor: SqlExecutor, { operation, id }: GivenUpChoice): Promise<number> {
  const { retried } = await runSqlForOne<{ retried: number }>(executor, readSql('retry-given-up'), [
    operation,
    id,
  ]);
  return retried;
}
