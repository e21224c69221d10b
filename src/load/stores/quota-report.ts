import type { Pool } from 'pg';
import type { WindowKind } from '../../model/ledger.ts';
import type { QuotaStatus } from './quota-store.ts';
import { readSql, runSql } from '../sql-file.ts';

/** What is used of a limit in its present window. */
export interface QuotaUse extends Pick<
  QuotaStatus,
  'used' | 'reserved' | 'unknown' | 'external' | 'remaining'
> {
  /** Null: a rolling window that is empty. */
  readonly resetAt: Date | null;
  /** What the present day used of a month, and may use of it; null: no month. */
  readonly usedToday: number | null;
  readonly share: number | null;
  /** The database was restored: the window counts as spent until somebody reconciles it. */
  readonly isAssumedSpent: boolean;
}

/** A limit in effect. */
export interface QuotaLimitRow {
  /** `namespace:name:version`, the `@name` of a group, or `*` for the app. */
  readonly api: string;
  readonly window: WindowKind;
  readonly source: QuotaStatus['source'];
  /** Nobody has confirmed it yet. */
  readonly isAssumed: boolean;
  readonly reset: 'calendar' | 'rolling';
  readonly zone: string;
  readonly callLimit: number;
  /** Null: a second, which is a pace and has no window. */
  readonly use: QuotaUse | null;
}

/** A pause after answers that calls come too fast. */
export interface Pause {
  /** `*`: all APIs of the app. */
  readonly api: string;
  readonly until: Date;
}

/** An API that runs may not call now: a day or month, or their part of it, is used up. */
export interface RunWait {
  readonly api: string;
  readonly window: 'day' | 'month';
  readonly until: Date;
}

/** What an app's operator wants to know of its quota. Reads only. */
export interface QuotaReport {
  /** By API, from the shortest window to the longest. */
  listLimits(): Promise<QuotaLimitRow[]>;
  /** Those that are not over. */
  listPauses(): Promise<Pause[]>;
  listWaits(): Promise<RunWait[]>;
  /** The `@name`s of the groups whose limits an API has, too. */
  listGroupsOf(api: string): Promise<string[]>;
}

type FlatRow = Omit<QuotaLimitRow, 'use'> & (QuotaUse | { readonly used: null });

function toLimit(row: FlatRow): QuotaLimitRow {
  const { api, window, source, isAssumed, reset, zone, callLimit } = row;
  const limit = { api, window, source, isAssumed, reset, zone, callLimit };
  if (row.used === null) return { ...limit, use: null };
  const { used, reserved, unknown, external, remaining, resetAt, usedToday, share, isAssumedSpent } = row;
  const counts = { used, reserved, unknown, external, remaining };
  return { ...limit, use: { ...counts, resetAt, usedToday, share, isAssumedSpent } };
}

async function listPauses(pool: Pool, appKey: string): Promise<Pause[]> {
  const { rows } = await pool.query<Pause>(
    `SELECT api, started_at + pause AS "until" FROM usage.backoff
     WHERE app_key = $1 AND started_at + pause > usage.ledger_now()
     ORDER BY api`,
    [appKey],
  );
  return rows;
}

async function listGroupsOf(pool: Pool, appKey: string, api: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    'SELECT name FROM usage.api_group WHERE app_key = $1 AND api = $2 ORDER BY name',
    [appKey, api],
  );
  return rows.map(({ name }) => name);
}

/** Over schema `usage`, for one app. */
export function createQuotaReport(options: { readonly pool: Pool; readonly appKey: string }): QuotaReport {
  const { pool, appKey } = options;
  return {
    listLimits: async () => {
      const rows = await runSql<FlatRow>(pool, readSql('list-quota-limits'), [appKey]);
      return rows.map(toLimit);
    },
    listPauses: () => listPauses(pool, appKey),
    listWaits: async () => (await pool.query<RunWait>(readSql('list-quota-waits'), [appKey])).rows,
    listGroupsOf: (api) => listGroupsOf(pool, appKey, api),
  };
}
