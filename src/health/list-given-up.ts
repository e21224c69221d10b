import type { Pool } from 'pg';
import { runSql } from '../db/sql-file.ts';
import type { GivenUp, GivenUpChoice } from '../model/given-up.ts';
import { readSql } from './read-sql.ts';

/** Targets that could not be fetched and wait for their next try, the soonest first. */
export function listGivenUp(
  pool: Pool,
  limit: number,
  { operation, id }: GivenUpChoice = { operation: null, id: null },
): Promise<GivenUp[]> {
  return runSql<GivenUp>(pool, readSql('list-given-up'), [limit, operation, id]);
}
