import { and, eq, isNull, like, notInArray, sql, type SQL } from 'drizzle-orm';
import type { Pool, PoolClient } from 'pg';
import type { PeriodKind } from '../model/ledger.ts';
import type { AccountType, ApprovedCalls } from '../model/sync-config.ts';
import { drizzleOn } from '../db/database.ts';
import { apiGroup, quotaLimit } from '../schema/usage.ts';
import { applySql } from '../db/sql-file.ts';
import { changeAndCount, defaultCallsAtOnce, type Changed, type CountOptions } from './change-and-count.ts';
import { defaultMaxCallMs } from './ledger-store.ts';
import { readSql } from './read-sql.ts';

export interface QuotaPresets {
  readonly appKey: string;
  readonly account: AccountType;
  /** `namespace:name:version` of every API that may be called. */
  readonly apis: readonly string[];
  /** For all APIs together. Default 4, a pace that clients run without trouble. */
  readonly callsPerSecond?: number;
}

export interface QuotaLimit {
  readonly appKey: string;
  /** `*`: the app as a whole. */
  readonly api: string;
  readonly period: PeriodKind;
  readonly callLimit: number;
  /** Default `calendar`. `rolling`: any time of the length of the period; use it while the reset hour is unknown. */
  readonly reset?: 'calendar' | 'rolling';
  /** Where calendar days and months begin; an IANA name. Default `Asia/Shanghai`. */
  readonly zone?: string;
}

/** APIs that share one volume of calls. */
export interface QuotaGroup {
  readonly name: string;
  readonly apis: readonly string[];
  /** Calls; null: no limit of that period. */
  readonly daily: number | null;
  readonly monthly: number | null;
}

/** Each change happens in one transaction under the app's lock. */
export interface LimitChanges {
  /** Limits of the account type, for APIs without a better known limit. Idempotent. */
  applyPresets(presets: QuotaPresets): Promise<void>;
  /** Sets a limit that somebody knows, with immediate effect. If more is already used, nothing is left. */
  setLimit(limit: QuotaLimit): Promise<void>;
  /** Ends a limit that somebody knew; a preset of the same period applies again at once. False: there was none. */
  liftLimit(presets: QuotaPresets, limit: Pick<QuotaLimit, 'api' | 'period'>): Promise<boolean>;
  /** The day's and month's limits of an API as 1688 approved them; null leaves a limit as it is. */
  applyApproved(appKey: string, api: string, approved: ApprovedCalls): Promise<void>;
  /**
   * Replaces the groups of APIs that share limits. Their limits are the app's `@name`. An API that joins a group brings its calls of the
   * present day and month; its calls in a group that it leaves stay counted there.
   */
  applyGroups(appKey: string, groups: readonly QuotaGroup[]): Promise<void>;
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
  readonly source: (typeof quotaLimit.$inferSelect)['source'];
  readonly wanted: readonly Omit<QuotaLimit, 'appKey'>[];
  /** APIs whose presets end if they are not wanted any more. */
  readonly endOtherPresetsOf: readonly string[];
}

function presetLimits(presets: QuotaPresets): Omit<QuotaLimit, 'appKey'>[] {
  const perApi = Object.entries(accountLimits[presets.account]) as [keyof AccountLimits, number][];
  const callsPerSecond = presets.callsPerSecond ?? defaultCallsPerSecond;
  return [
    { api: '*', period: 'second', callLimit: callsPerSecond },
    ...presets.apis.flatMap((api) => perApi.map(([period, callLimit]) => ({ api, period, callLimit }))),
  ];
}

/** Ends open limits of the app. @returns their number */
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
      period_kind: limit.period,
      call_limit: limit.callLimit,
      reset: limit.reset ?? 'calendar',
      zone: limit.zone ?? 'Asia/Shanghai',
    })),
  );
  const { appKey, source, endOtherPresetsOf } = change;
  await applySql(client, readSql('close-quota-limits'), [appKey, source, wanted, endOtherPresetsOf, now]);
  await applySql(client, readSql('open-quota-limits'), [appKey, source, wanted, source === 'preset', now]);
}

async function changeGroups(
  client: PoolClient,
  appKey: string,
  groups: readonly QuotaGroup[],
  now: Date,
): Promise<Changed<void>> {
  const members = groups.flatMap(({ name, apis }) => apis.map((api) => ({ appKey, name: `@${name}`, api })));
  const wanted = groups.flatMap(({ name, daily, monthly }) => approvedLimits(`@${name}`, { daily, monthly }));
  const names = wanted.map(({ api, period }) => `${api} ${period}`);
  const db = drizzleOn(client);
  const before = await db.delete(apiGroup).where(eq(apiGroup.appKey, appKey)).returning();
  if (members.length > 0) await db.insert(apiGroup).values(members);
  const name = sql`${quotaLimit.api} || ' ' || ${quotaLimit.periodKind}`;
  await endLimits(client, appKey, now, and(like(quotaLimit.api, '@%'), notInArray(name, names)));
  const wasMember = (one: (typeof members)[number]) =>
    before.some((old) => old.name === one.name && old.api === one.api);
  const joined = members.filter((one) => !wasMember(one)).map((one) => one.name);
  await changeLimits(client, { appKey, source: 'configured', wanted, endOtherPresetsOf: [] }, now);
  return { result: undefined, joined };
}

function presetsAsChange(presets: QuotaPresets): LimitChange {
  const { appKey, apis } = presets;
  return { appKey, source: 'preset', wanted: presetLimits(presets), endOtherPresetsOf: apis };
}

async function liftLimit(
  client: PoolClient,
  presets: QuotaPresets,
  { api, period }: Pick<QuotaLimit, 'api' | 'period'>,
  now: Date,
): Promise<Changed<boolean>> {
  const { appKey } = presets;
  const isTheOne = and(eq(quotaLimit.api, api), eq(quotaLimit.periodKind, period));
  const ended = await endLimits(client, appKey, now, and(isTheOne, eq(quotaLimit.source, 'configured')));
  await changeLimits(client, presetsAsChange(presets), now);
  return { result: ended === 1, joined: [] };
}

function approvedLimits(api: string, { daily, monthly }: ApprovedCalls): Omit<QuotaLimit, 'appKey'>[] {
  return [
    ...(daily === null ? [] : [{ api, period: 'day' as const, callLimit: daily }]),
    ...(monthly === null ? [] : [{ api, period: 'month' as const, callLimit: monthly }]),
  ];
}

/** Over `usage.quota_limit` and `usage.api_group`. */
export function createLimitChanges(pool: Pool, options: Partial<CountOptions> = {}): LimitChanges {
  const { maxCallMs = defaultMaxCallMs, callsAtOnce = defaultCallsAtOnce } = options;
  const counting = { maxCallMs, callsAtOnce };
  const change = (limits: LimitChange) =>
    changeAndCount(pool, limits.appKey, counting, async (client, now) => {
      await changeLimits(client, limits, now);
      return { result: undefined, joined: [] };
    });
  return {
    applyPresets: (presets) => change(presetsAsChange(presets)),
    liftLimit: (presets, limit) =>
      changeAndCount(pool, presets.appKey, counting, (client, now) => liftLimit(client, presets, limit, now)),
    setLimit: ({ appKey, ...limit }) =>
      change({ appKey, source: 'configured', wanted: [limit], endOtherPresetsOf: [] }),
    applyGroups: (appKey, groups) =>
      changeAndCount(pool, appKey, counting, (client, now) => changeGroups(client, appKey, groups, now)),
    applyApproved: async (appKey, api, approved) => {
      const wanted = approvedLimits(api, approved);
      if (wanted.length > 0) await change({ appKey, source: 'configured', wanted, endOtherPresetsOf: [] });
    },
  };
}
