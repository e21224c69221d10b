import { eq, exists, gt, isNull, or, sql } from 'drizzle-orm';
import type { Pool } from 'pg';
import { AppError } from '../core/errors.ts';
import type { PeriodKind } from '../model/ledger.ts';
import { drizzleOn, type Database } from '../db/database.ts';
import { ledgerErrors } from './errors.ts';
import { ledgerNow, readLedgerNow } from '../db/ledger-now.ts';
import { databaseIdentity } from '../schema/sync.ts';
import { apiHold, ledgerClock } from '../schema/usage.ts';
import { applySql, runSql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';
import type { CountOptions } from './change-and-count.ts';
import { createLimitChanges, type LimitChanges } from './limit-changes.ts';

/** What is left of one limit; a row of `usage.quota_status`. */
export interface QuotaStatus {
  readonly appKey: string;
  /** `*`: the app as a whole. */
  readonly api: string;
  readonly period: Exclude<PeriodKind, 'second'>;
  readonly source: 'preset' | 'configured' | 'observed';
  /** Nobody has confirmed the limit yet. */
  readonly isAssumed: boolean;
  readonly callLimit: number;
  /** Calls that count; `reserved`, `unknown` and `external` are parts of it. */
  readonly used: number;
  readonly reserved: number;
  readonly unknown: number;
  readonly external: number;
  readonly remaining: number;
  /** Null: a rolling period that is empty. */
  readonly resetAt: Date | null;
}

/** Calls of one API on one of 1688's days; from `usage.daily`. */
export interface DailyUsage {
  /** `2026-11-25` */
  readonly day: string;
  readonly appKey: string;
  readonly api: string;
  /** All attempts except refunded ones. */
  readonly calls: number;
  readonly committed: number;
  readonly unknown: number;
  readonly refunded: number;
}

const shownHold = {
  /** `*`: all APIs. */
  api: apiHold.api,
  code: apiHold.code,
  heldAt: apiHold.heldAt,
  /** Null: until a person resumes it. */
  heldUntil: apiHold.heldUntil,
  /** Time from which one call is let through, whose answer ends the hold; null: none is. */
  probeAfter: apiHold.probeAfter,
  /** A person's reason for the hold; null: they gave none, or 1688 refused. */
  reason: apiHold.reason,
};

export type ApiHold = Readonly<Pick<typeof apiHold.$inferSelect, keyof typeof shownHold>>;

export interface QuotaStore extends LimitChanges {
  quotaStatus(): Promise<QuotaStatus[]>;
  /** The latest `days` days, youngest first. */
  dailyUsage(days: number): Promise<DailyUsage[]>;
  holdApi(hold: {
    readonly api: string;
    readonly code: string;
    readonly forMs: number | null;
    readonly reason?: string | null;
  }): Promise<void>;
  /** False: it was not held. */
  resumeApi(api: string): Promise<boolean>;
  listHolds(): Promise<ApiHold[]>;
  ledgerNow(): Promise<Date>;
  /**
   * Moves the ledger's clock to the real time plus `ms`.
   *
   * @throws AppError LEDGER_CLOCK_FIXED unless the database holds sandbox data
   */
  setLedgerOffset(ms: number): Promise<void>;
}

function listHolds(db: Database): Promise<ApiHold[]> {
  return db
    .select(shownHold)
    .from(apiHold)
    .where(or(isNull(apiHold.heldUntil), gt(apiHold.heldUntil, ledgerNow)))
    .orderBy(apiHold.api);
}

async function setLedgerOffset(db: Database, ms: number): Promise<void> {
  const { source } = databaseIdentity;
  const isSandbox = db.select({ source }).from(databaseIdentity).where(eq(source, 'sandbox'));
  const { rowCount } = await db
    .update(ledgerClock)
    .set({ offset: sql`${ms}::float8 * interval '1 ms'` })
    .where(exists(isSandbox));
  if (rowCount === 1) return;
  throw new AppError(
    ledgerErrors.LEDGER_CLOCK_FIXED,
    'the clock was not moved: only a database of sandbox data can have another time than the real one',
  );
}

/** Over schema `usage`: limits, what is left of them, holds and the ledger's clock. */
export function createQuotaStore({
  pool,
  ...options
}: { readonly pool: Pool } & Partial<CountOptions>): QuotaStore {
  const db = drizzleOn(pool);
  return {
    ...createLimitChanges(pool, options),
    quotaStatus: () => runSql<QuotaStatus>(pool, readSql('list-quota-status')),
    dailyUsage: (days) => runSql<DailyUsage>(pool, readSql('list-daily-usage'), [days]),
    holdApi: async ({ api, code, forMs, reason }) => {
      await applySql(pool, readSql('hold-api'), [api, code, forMs, reason ?? null]);
    },
    resumeApi: async (api) => {
      const { rowCount } = await db.delete(apiHold).where(eq(apiHold.api, api));
      return rowCount === 1;
    },
    listHolds: () => listHolds(db),
    ledgerNow: () => readLedgerNow(pool),
    setLedgerOffset: (ms) => setLedgerOffset(db, ms),
  };
}
