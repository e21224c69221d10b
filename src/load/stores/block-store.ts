import type { Pool } from 'pg';
import type { Lane } from '../../model/ledger.ts';
import { readSql } from '../sql-file.ts';

export interface LanedApi {
  readonly api: string;
  readonly lane: Lane;
}

/**
 * Of the given APIs, those of which nothing may be asked for a while, with the reason: the code of a hold, or
 * `quota` when a day or month is spent.
 */
export async function listBlockedApis(
  pool: Pool,
  appKey: string,
  apis: readonly LanedApi[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ api: string; reason: string }>(readSql('list-blocks'), [
    appKey,
    apis.map(({ api }) => api),
    apis.map(({ lane }) => lane),
  ]);
  return new Map(rows.map(({ api, reason }) => [api, reason]));
}
