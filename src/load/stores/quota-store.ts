import { and, eq, exists, gt, isNull, like, notInArray, or, sql, type SQL } from 'drizzle-orm';
import type { Pool, PoolClient } from 'pg';
import { AppError } from '../../core/errors.ts';
import type { WindowKind } from '../../model/ledger.ts';
import type { AccountType, ApprovedCalls } from '../../model/sync-config.ts';
import { drizzleOn, type Database } from '../database.ts';
import { loadErrors } from '../errors.ts';
import { ledgerNow, readLedgerNow } from '../ledger-now.ts';
import { runInTransaction } from '../run-in-transaction.ts';
import { databaseIdentity } from '../schema/sync.ts';
import { apiGroup, apiHold, ledgerClock, quotaLimit } from '../schema/usage.ts';
import { applySql, readSql, runSql } from '../sql-file.ts';

/** What is left of one limit; a row of `usage.quota_status`. */
export interface QuotaStatus {
  readonly appKey: string;
  /** `*`: the app as a whole. */
  readonly api: string;
  readonly window: Exclude<WindowKind, 'second'>;
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
  /** Null: a rolling window that is empty. */
  readonly resetAt: Date | null;
}

/** Calls of one API on one of the provider's days; from `usage.daily`. */
export interface DailyUsage {
  /** `2026-11-25` */
  readonly day: string;
  readonly appKey: string;
  readonly api: string;
  /** All attempts but the refunded ones. */
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
  /** Null: until somebody resumes it. */
  heldUntil: apiHold.heldUntil,
  /** From when on one call a day is let through, whose answer ends the hold; null: none is. */
  probeAfter: apiHold.probeAfter,
  /** Why a person holds it, in their words; null: they gave none, or 1688 refused. */
  reason: apiHold.reason,
};

export type ApiHold = Readonly<Pick<typeof apiHold.$inferSelect, keyof typeof shownHold>>;

export interface QuotaPresets {
  readonly appKey: string;
  readonly account: AccountType;
  /** `namespace:name:version` of every API that may be called. */
  readonly apis: readonly string[];
  /** All APIs together. Default 4, which clients run without trouble. */
  readonly callsPerSecond?: number;
}

export interface QuotaLimit {
  readonly appKey: string;
  /** `*`: the app as a whole. */
  readonly api: string;
  readonly window: WindowKind;
  readonly callLimit: number;
  /** Default `calendar`. `rolling`: any stretch of the window's length, for as long as the reset hour is unknown. */
  readonly reset?: 'calendar' | 'rolling';
  /** Where calendar days and months begin; an IANA name. Default `Asia/Shanghai`. */
  readonly zone?: string;
}

/** APIs that share one volume of calls. */
export interface QuotaGroup {
  readonly name: string;
  readonly apis: readonly string[];
  /** Calls; null: no limit of that window. */
  readonly daily: number | null;
  readonly monthly: number | null;
}

export interface QuotaStore {
  /** Limits of the account type, for APIs about which nothing better is known. Idempotent. */
  applyPresets(presets: QuotaPresets): Promise<void>;
  /** A limit that somebody knows. Takes effect at once; below what is used, nothing is left. */
  setLimit(limit: QuotaLimit): Promise<void>;
  /** Ends a limit that somebody knew; a preset of the same window holds again at once. False: there was none. */
  liftLimit(presets: QuotaPresets, limit: Pick<QuotaLimit, 'api' | 'window'>): Promise<boolean>;
  /** The day's and month's limits of an API as 1688 approved them; null leaves a limit as it is. */
  applyApproved(appKey: string, api: string, approved: ApprovedCalls): Promise<void>;
  /** The groups of APIs that share limits, in place of those there were. Their limits are the app's `@name`. */
  applyGroups(appKey: string, groups: readonly QuotaGroup[]): Promise<void>;
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

export type AccountLimits = Readonly<Partial<Record<'day' | 'month', number>>>;

/** Calls per API. The account types' published numbers; real ones are shown in 1688's app console only. */
export const accountLimits: Readonly<Record<AccountType, AccountLimits>> = {
  personal: { day: 500, month: 15_000 },
  business: { day: 10_000 },
};

/** 4 a second run without trouble; 8 workers at once did not (both measured by clients). */
const defaultCallsPerSecond = 4;

interface LimitChange {
  readonly appKey: string;
  readonly source: QuotaStatus['source'];
  readonly wanted: readonly Omit<QuotaLimit, 'appKey'>[];
  /** APIs whose presets that are not wanted end. */
  readonly endOtherPresetsOf: readonly string[];
}

function presetLimits(presets: QuotaPresets): Omit<QuotaLimit, 'appKey'>[] {
  const perApi = Object.entries(accountLimits[presets.account]) as [keyof AccountLimits, number][];
  const callsPerSecond = presets.callsPerSecond ?? defaultCallsPerSecond;
  return [
    { api: '*', window: 'second', callLimit: callsPerSecond },
    ...presets.apis.flatMap((api) => perApi.map(([window, callLimit]) => ({ api, window, callLimit }))),
  ];
}

/** The time of a change of limits: what it closes and opens sees one, so that no instant lies between. */
async function lockLimits(client: PoolClient, appKey: string): Promise<Date> {
  await applySql(client, readSql('lock-app'), [appKey]);
  return readLedgerNow(client);
}

/** Ends open limits of the app. @returns how many */
async function endLimits(
  client: PoolClient,
  appKey: string,
  now: Date,
  condition: SQL | undefined,
): Promise<number> {
  const { rowCount } = await drizzleOn(client)
    .update(quotaLimit)
    .set({ validTo: sql`greatest(${quotaLimit.validFrom}, ${now})` })
    .where(and(eq(quotaLimit.appKey, appKey), isNull(quotaLimit.validTo), condition));
  return rowCount ?? 0;
}

async function changeLimits(client: PoolClient, change: LimitChange, now: Date): Promise<void> {
  const wanted = JSON.stringify(
    change.wanted.map((limit) => ({
      api: limit.api,
      window_kind: limit.window,
      call_limit: limit.callLimit,
      reset: limit.reset ?? 'calendar',
      zone: limit.zone ?? 'Asia/Shanghai',
    })),
  );
  const { appKey, source, endOtherPresetsOf } = change;
  await applySql(client, readSql('close-quota-limits'), [appKey, source, wanted, endOtherPresetsOf, now]);
  await applySql(client, readSql('open-quota-limits'), [appKey, source, wanted, source === 'preset', now]);
  await applySql(client, readSql('count-earlier-calls'), [appKey, now]);
}

async function changeGroups(
  client: PoolClient,
  appKey: string,
  groups: readonly QuotaGroup[],
): Promise<void> {
  const now = await lockLimits(client, appKey);
  const members = groups.flatMap(({ name, apis }) => apis.map((api) => ({ appKey, name: `@${name}`, api })));
  const wanted = groups.flatMap(({ name, daily, monthly }) => approvedLimits(`@${name}`, { daily, monthly }));
  const names = wanted.map(({ api, window }) => `${api} ${window}`);
  const db = drizzleOn(client);
  await db.delete(apiGroup).where(eq(apiGroup.appKey, appKey));
  if (members.length > 0) await db.insert(apiGroup).values(members);
  const name = sql`${quotaLimit.api} || ' ' || ${quotaLimit.windowKind}`;
  await endLimits(client, appKey, now, and(like(quotaLimit.api, '@%'), notInArray(name, names)));
  await changeLimits(client, { appKey, source: 'configured', wanted, endOtherPresetsOf: [] }, now);
}

function presetsAsChange(presets: QuotaPresets): LimitChange {
  const { appKey, apis } = presets;
  return { appKey, source: 'preset', wanted: presetLimits(presets), endOtherPresetsOf: apis };
}

async function liftLimit(
  client: PoolClient,
  presets: QuotaPresets,
  { api, window }: Pick<QuotaLimit, 'api' | 'window'>,
): Promise<boolean> {
  const { appKey } = presets;
  const now = await lockLimits(client, appKey);
  const isTheOne = and(eq(quotaLimit.api, api), eq(quotaLimit.windowKind, window));
  const ended = await endLimits(client, appKey, now, and(isTheOne, eq(quotaLimit.source, 'configured')));
  await changeLimits(client, presetsAsChange(presets), now);
  return ended === 1;
}

function approvedLimits(api: string, { daily, monthly }: ApprovedCalls): Omit<QuotaLimit, 'appKey'>[] {
  return [
    ...(daily === null ? [] : [{ api, window: 'day' as const, callLimit: daily }]),
    ...(monthly === null ? [] : [{ api, window: 'month' as const, callLimit: monthly }]),
  ];
}

function listHolds(db: Database): Promise<ApiHold[]> {
  return db
    .select(shownHold)
    .from(apiHold)
    .where(or(isNull(apiHold.heldUntil), gt(apiHold.heldUntil, ledgerNow)))
    .orderBy(apiHold.api);
}

async function setLedgerOffset(db: Database, ms: number): Promise<void> {
  const isSandbox = db.select().from(databaseIdentity).where(eq(databaseIdentity.source, 'sandbox'));
  const { rowCount } = await db
    .update(ledgerClock)
    .set({ offset: sql`${ms}::float8 * interval '1 ms'` })
    .where(exists(isSandbox));
  if (rowCount === 1) return;
  throw new AppError(
    loadErrors.LEDGER_CLOCK_FIXED,
    'the clock was not moved: only a database of sandbox data may have another time than the real one',
  );
}

/** Over schema `usage`: limits, what is left of them, holds and the ledger's clock. */
export function createQuotaStore({ pool }: { readonly pool: Pool }): QuotaStore {
  const db = drizzleOn(pool);
  const change = (limits: LimitChange) =>
    runInTransaction(pool, async (client) =>
      changeLimits(client, limits, await lockLimits(client, limits.appKey)),
    );
  return {
    applyPresets: (presets) => change(presetsAsChange(presets)),
    liftLimit: (presets, limit) => runInTransaction(pool, (client) => liftLimit(client, presets, limit)),
    setLimit: ({ appKey, ...limit }) =>
      change({ appKey, source: 'configured', wanted: [limit], endOtherPresetsOf: [] }),
    applyGroups: (appKey, groups) => runInTransaction(pool, (client) => changeGroups(client, appKey, groups)),
    applyApproved: async (appKey, api, approved) => {
      const wanted = approvedLimits(api, approved);
      if (wanted.length > 0) await change({ appKey, source: 'configured', wanted, endOtherPresetsOf: [] });
    },
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
