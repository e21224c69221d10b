import type { Pool } from 'pg';
import { runSqlForOne } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** At full use an hour takes 20 ms. At ten times as many, a tick would wait after an upgrade of a large database. */
const hoursAtOnce = 24;

/**
 * Totals the calls of past hours, for the views of schema `usage`. Safe at any time and from many processes at once; costs next to
 * nothing when nothing is left to do.
 *
 * @returns the number of hours; at most a day's
 */
export async function totalHours(pool: Pool): Promise<number> {
  return (await runSqlForOne<{ hours: number }>(pool, readSql('total-hours'), [hoursAtOnce])).hours;
}
