import type { Pool } from 'pg';
import { runSql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** What runs may still spend of one limit of an API. A limit that several APIs share has one entry for each. */
export interface RunAllowance {
  readonly limitId: string;
  readonly api: string;
  /** Calls now, without those that are kept for calls by hand. */
  readonly spendable: number;
  readonly dayEndsAt: Date;
}

/** Allowances of all limits per day or month that count calls of the APIs. */
export function listRunAllowances(
  pool: Pool,
  appKey: string,
  apis: readonly string[],
): Promise<RunAllowance[]> {
  return runSql<RunAllowance>(pool, readSql('list-run-allowances'), [appKey, apis]);
}
