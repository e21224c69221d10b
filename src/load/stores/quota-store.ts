import type { Pool, PoolClient } from 'pg';
import { AppError } from '../../core/errors.ts';
import type { WindowKind } from '../../model/ledger.ts';
import type { AccountType, ApprovedCalls } from '../../model/sync-config.ts';
import { loadErrors } from '../errors.ts';
import { runInTransaction } from '../run-in-transaction.ts';
import { applySql, readSql } from '../sql-file.ts';

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

export interface ApiHold {
  /** `*`: all APIs. */
  readonly api: string;
  readonly code: string;
  readonly heldAt: Date;
  /** Null: until somebody resumes it. */
  readonly heldUntil: Date | null;
  /** From when on one call a day is let through, whose answer ends the hold; null: none is. */
  readonly probeAfter: Date | null;
  /** Why a person holds it, in their words; null: they gave none, or 1688 refused. */
  readonly reason: string | null;
}

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
  await client.query('SELECT usage.lock_app($1)', [appKey]);
  return readLedgerNow(client);
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
  const members = groups.flatMap(({ name, apis }) => apis.map((api) => ({ name: `@${name}`, api })));
  const wanted = groups.flatMap(({ name, daily, monthly }) => approvedLimits(`@${name}`, { daily, monthly }));
  const names = wanted.map(({ api, window }) => `${api} ${window}`);
  await client.query('DELETE FROM usage.api_group WHERE app_key = $1', [appKey]);
  await client.query(
    `INSERT INTO usage.api_group (app_key, name, api)
     SELECT $1, m.name, m.api FROM jsonb_to_recordset($2::jsonb) AS m (name text, api text)`,
    [appKey, JSON.stringify(members)],
  );
  await client.query(
    `UPDATE usage.quota_limit SET valid_to = greatest(valid_from, $3)
     WHERE app_key = $1 AND api LIKE '@%' AND valid_to IS NULL AND api || ' ' || window_kind <> ALL ($2::text[])`,
    [appKey, names, now],
  );
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
  const { rowCount } = await client.query(
    `UPDATE usage.quota_limit SET valid_to = greatest(valid_from, $4)
     WHERE app_key = $1 AND api = $2 AND window_kind = $3 AND source = 'configured' AND valid_to IS NULL`,
    [appKey, api, window, now],
  );
  await changeLimits(client, presetsAsChange(presets), now);
  return rowCount === 1;
}

function approvedLimits(api: string, { daily, monthly }: ApprovedCalls): Omit<QuotaLimit, 'appKey'>[] {
  return [
    ...(daily === null ? [] : [{ api, window: 'day' as const, callLimit: daily }]),
    ...(monthly === null ? [] : [{ api, window: 'month' as const, callLimit: monthly }]),
  ];
}

async function readLedgerNow(db: Pool | PoolClient): Promise<Date> {
  const { rows } = await db.query<{ now: Date }>('SELECT usage.ledger_now() AS now');
  if (!rows[0]) throw new Error('usage.ledger_now returned no row');
  return rows[0].now;
}

async function readStatus(pool: Pool): Promise<QuotaStatus[]> {
  const { rows } = await pool.query<QuotaStatus>(
    `SELECT app_key AS "appKey", api, window_kind AS "window", source, is_assumed AS "isAssumed",
            call_limit AS "callLimit", used, reserved, "unknown", external, remaining, reset_at AS "resetAt"
     FROM usage.quota_status
     ORDER BY app_key, api, reset_at`,
  );
  return rows;
}

async function readDaily(pool: Pool, days: number): Promise<DailyUsage[]> {
  const { rows } = await pool.query<DailyUsage>(
    `SELECT usage.daily.day::text AS day, app_key AS "appKey", api, calls, committed, "unknown", refunded
     FROM usage.daily
     WHERE usage.daily.day > (usage.ledger_now() AT TIME ZONE 'Asia/Shanghai')::date - $1::int
     ORDER BY usage.daily.day DESC, app_key, api`,
    [days],
  );
  return rows;
}

async function listHolds(pool: Pool): Promise<ApiHold[]> {
  const { rows } = await pool.query<ApiHold>(
    `SELECT api, code, held_at AS "heldAt", held_until AS "heldUntil", probe_after AS "probeAfter", reason
     FROM usage.api_hold
     WHERE held_until IS NULL OR held_until > usage.ledger_now()
     ORDER BY api`,
  );
  return rows;
}

async function setLedgerOffset(pool: Pool, ms: number): Promise<void> {
  const { rowCount } = await pool.query(
    `UPDATE usage.ledger_clock SET "offset" = $1::float8 * interval '1 ms'
     WHERE EXISTS (SELECT FROM sync.database_identity WHERE source = 'sandbox')`,
    [ms],
  );
  if (rowCount === 1) return;
  throw new AppError(
    loadErrors.LEDGER_CLOCK_FIXED,
    'the clock was not moved: only a database of sandbox data may have another time than the real one',
  );
}

/** Over schema `usage`: limits, what is left of them, holds and the ledger's clock. */
export function createQuotaStore({ pool }: { readonly pool: Pool }): QuotaStore {
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
    quotaStatus: () => readStatus(pool),
    dailyUsage: (days) => readDaily(pool, days),
    holdApi: async ({ api, code, forMs, reason }) => {
      await applySql(pool, readSql('hold-api'), [api, code, forMs, reason ?? null]);
    },
    resumeApi: async (api) => {
      const { rowCount } = await pool.query('DELETE FROM usage.api_hold WHERE api = $1', [api]);
      return rowCount === 1;
    },
    listHolds: () => listHolds(pool),
    ledgerNow: () => readLedgerNow(pool),
    setLedgerOffset: (ms) => setLedgerOffset(pool, ms),
  };
}
