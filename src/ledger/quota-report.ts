import { and, eq, gt, lte, sql } from 'drizzle-orm';
import type { Pool } from 'pg';
import type { PeriodKind } from '../model/ledger.ts';
import { drizzleOn, type Database } from '../db/database.ts';
import { ledgerNow } from '../db/ledger-now.ts';
import { apiGroup, backoff } from '../schema/usage.ts';
import { listFoundPaces, type FoundPace } from './found-paces.ts';
import type { QuotaStatus } from './quota-store.ts';
import { runSql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** Use of a limit in its current period. */
export interface QuotaUse extends Pick<
  QuotaStatus,
  'used' | 'reserved' | 'unknown' | 'external' | 'remaining'
> {
  /** Null: a rolling period that is empty. */
  readonly resetAt: Date | null;
  /** For a month: use of the present day. `share`: what the day may use. Null: the period is no month. */
  readonly usedToday: number | null;
  readonly share: number | null;
  /** The database was restored: the period counts as spent until somebody reconciles it. */
  readonly isAssumedSpent: boolean;
}

/** A limit in effect. */
export interface QuotaLimitRow {
  /** `namespace:name:version`, the `@name` of a group, or `*` for the app. */
  readonly api: string;
  readonly period: PeriodKind;
  readonly source: QuotaStatus['source'];
  /** Nobody has confirmed it yet. */
  readonly isAssumed: boolean;
  readonly reset: 'calendar' | 'rolling';
  readonly zone: string;
  readonly callLimit: number;
  /** Null for a limit per second, which is a pace and has no period. */
  readonly use: QuotaUse | null;
}

/** A pause after answers that calls come too fast. */
export interface Pause {
  /** `*`: all APIs of the app. */
  readonly api: string;
  readonly until: Date;
}

/** An API that runs may not call now: a day or month, or the part of it for runs, is used up. */
export interface RunWait {
  readonly api: string;
  readonly period: 'day' | 'month';
  readonly until: Date;
}

/** Reads for an app's operator about its quota. Changes nothing. */
export interface QuotaReport {
  /** By API, from the shortest period to the longest. */
  listLimits(): Promise<QuotaLimitRow[]>;
  /** Pauses that are not over. */
  listPauses(): Promise<Pause[]>;
  listWaits(): Promise<RunWait[]>;
  /** Paces below the declared pace. */
  listPaces(): Promise<FoundPace[]>;
  /** The `@name`s of the groups whose limits also apply to an API. */
  listGroupsOf(api: string): Promise<string[]>;
}

type FlatRow = Omit<QuotaLimitRow, 'use'> & (QuotaUse | Readonly<Record<keyof QuotaUse, null>>);

function toLimit(row: FlatRow): QuotaLimitRow {
  const { api, period, source, isAssumed, reset, zone, callLimit, ...use } = row;
  return { api, period, source, isAssumed, reset, zone, callLimit, use: use.used === null ? null : use };
}

function listPauses(db: Database, appKey: string): Promise<Pause[]> {
  const until = sql<Date>`${backoff.startedAt} + ${backoff.pause}`.mapWith(backoff.startedAt);
  return db
    .select({ api: backoff.api, until })
    .from(backoff)
    .where(and(eq(backoff.appKey, appKey), lte(backoff.startedAt, ledgerNow), gt(until, ledgerNow)))
    .orderBy(backoff.api);
}

async function listGroupsOf(db: Database, appKey: string, api: string): Promise<string[]> {
  const isIn = and(eq(apiGroup.appKey, appKey), eq(apiGroup.api, api));
  const rows = await db.select({ name: apiGroup.name }).from(apiGroup).where(isIn).orderBy(apiGroup.name);
  return rows.map(({ name }) => name);
}

/** Over schema `usage`, for one app. */
export function createQuotaReport(options: { readonly pool: Pool; readonly appKey: string }): QuotaReport {
  const { pool, appKey } = options;
  const db = drizzleOn(pool);
  return {
    listLimits: async () =>
      (await runSql<FlatRow>(pool, readSql('list-quota-limits'), [appKey])).map(toLimit),
    listPauses: () => listPauses(db, appKey),
    listPaces: async () => (await listFoundPaces(pool)).filter((pace) => pace.appKey === appKey),
    listWaits: () => runSql<RunWait>(pool, readSql('list-quota-waits'), [appKey]),
    listGroupsOf: (api) => listGroupsOf(db, appKey, api),
  };
}
