import type { Pool } from 'pg';
import type { Lane } from '../model/ledger.ts';
import { runSql, runSqlForOne } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

export interface LanedApi {
  readonly api: string;
  readonly lane: Lane;
}

export interface ApiBlock {
  /** Why nothing may be asked of it for a while: the code of a hold, or `quota` when a day or month is spent. */
  readonly reason: string | null;
  /** Also when `reason` is null: the day's one call to see whether it answers again is due. */
  readonly isHeld: boolean;
}

/** Of the given APIs, those that are held or whose quota is spent. */
export async function listBlockedApis(
  pool: Pool,
  appKey: string,
  apis: readonly LanedApi[],
): Promise<ReadonlyMap<string, ApiBlock>> {
  const rows = await runSql<ApiBlock & { readonly api: string }>(pool, readSql('list-blocks'), [
    appKey,
    apis.map(({ api }) => api),
    apis.map(({ lane }) => lane),
  ]);
  return new Map(rows.map(({ api, ...block }) => [api, block]));
}

/** Whether somebody said that 1688 approved calls of an API: a limit of it is no preset. */
export async function isApproved(pool: Pool, appKey: string, api: string): Promise<boolean> {
  const row = await runSqlForOne<{ isApproved: boolean }>(pool, readSql('is-approved'), [appKey, api]);
  return row.isApproved;
}
