import type { Pool } from 'pg';
import type { Lane } from '../model/ledger.ts';
import { runSql, runSqlForOne } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

export interface LanedApi {
  readonly api: string;
  readonly lane: Lane;
}

export interface ApiBlock {
  /** Why the API may not be called for a while: the code of a hold, or `quota` when a day or month is used up. */
  readonly reason: string | null;
  /** True also when `reason` is null: then the day's one probe of the held API is due. */
  readonly isHeld: boolean;
}

/** The given APIs that are held or whose quota is used up. */
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

/** Whether somebody stated that 1688 approved calls of an API: it has a limit that is no preset. */
export async function isApproved(pool: Pool, appKey: string, api: string): Promise<boolean> {
  const row = await runSqlForOne<{ isApproved: boolean }>(pool, readSql('is-approved'), [appKey, api]);
  return row.isApproved;
}
