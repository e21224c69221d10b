import type { Pool } from 'pg';
import { runSqlForOne } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** At full use an hour takes 20 ms: ten times as many would make a tick wait after an upgrade of a large database. */
const hoursAtOnce = 24;

/**
 * Adds the calls of past hours up, for the views of schema `usage`. Safe at any time and from many processes at once;
 * costs next to nothing when nothing is left to do.
 *
 * @returns how many hours it added up; at most a day's
 */
export async function totalHours(pool: Pool): Promise<number> {
  return (await runSqlForOne<{ hours: number }>(pool, readSql('total-hours'), [hoursAtOnce])).hours;
}
