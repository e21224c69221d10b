import type { Pool } from 'pg';
import { dayMs } from '../../core/duration.ts';
import type { ApiPermission } from '../../model/permission.ts';
import type { RunStatus, Source } from '../../model/run.ts';
import type { Feed } from '../../model/sync-config.ts';
import { createNotificationStore, type DeliveryState } from '../notifications/notification-store.ts';
import { createPermissionStore } from '../../ledger/permission-store.ts';
import { createQuotaStore, type ApiHold } from '../../ledger/quota-store.ts';
import { createScheduleStore, type KeptSchedule } from '../../runs/schedule-store.ts';
import { createStatusStore } from '../status-store.ts';
import { runSql, runSqlForOne } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** A run that failed or is incomplete, or is active without a driver. */
export interface TroubledRun {
  readonly runId: string;
  readonly scope: string;
  readonly status: RunStatus;
  readonly cause: string | null;
  readonly lastErrorCode: string | null;
  /** Targets that were refused. */
  readonly errors: number;
  /** Targets that it left to a later try, and when the first is due; null: there are none. */
  readonly postponed: number;
  readonly nextTryAt: Date | null;
  /** Null: it is active. */
  readonly endedAt: Date | null;
  /** When a process last worked on it. */
  readonly heardAt: Date;
}

/** A process that can't work, or that ended without a word. */
export interface WorkerTrouble {
  readonly host: string;
  readonly pid: number;
  /** By what it fails; null: it has no heartbeat any more. */
  readonly code: string | null;
  /** Since when it fails; or its last heartbeat. */
  readonly since: Date;
  /** It has no heartbeat any more, and another one began on its host since. */
  readonly isReplaced: boolean;
}

/** A category that 1688 answered about with nothing. */
interface UnknownCategory {
  readonly categoryId: string;
  readonly seenAt: Date;
}

interface MissedSlots {
  readonly schedule: string;
  readonly missed: number;
  readonly newestAt: Date;
}

/** What is used of a limit. */
export interface LimitUse {
  readonly api: string;
  readonly period: 'day' | 'month';
  readonly callLimit: number;
  readonly used: number;
  readonly unknown: number;
  /** Null: a rolling window that is empty. */
  readonly endsAt: Date | null;
  /** After a restore: what was used is not known. */
  readonly isAssumedSpent: boolean;
}

interface WorkState {
  /** The ledger's. */
  readonly now: Date;
  /** Where the data is from; null: there is none yet. */
  readonly source: Source | null;
  /** When the stored tokens can no longer be renewed; null: not known. */
  readonly logInBy: Date | null;
  /** The newest good answer of the last 31 days. */
  readonly answeredAt: Date | null;
  /** When the first run ended; null: none has. */
  readonly firstRunAt: Date | null;
  /** Of the newest run that ended by itself; null: none. */
  readonly lastRunAt: Date | null;
  readonly lastRunStatus: RunStatus | null;
  readonly unloaded: number;
  readonly unloadedSince: Date | null;
  /** Fields of answers that were first seen within a day not to be as they are known. */
  readonly newDrifts: number;
  readonly newestDriftAt: Date | null;
}

/** What issues are found in. */
export interface HealthFacts {
  /** Without one nothing can be fetched. */
  readonly hasAppKey: boolean;
  readonly state: WorkState;
  /** The newest first. */
  readonly runs: readonly TroubledRun[];
  readonly workers: readonly WorkerTrouble[];
  readonly missed: readonly MissedSlots[];
  readonly schedules: readonly KeptSchedule[];
  readonly holds: readonly ApiHold[];
  readonly permissions: readonly ApiPermission[];
  readonly limits: readonly LimitUse[];
  readonly unknownCategories: readonly (UnknownCategory & { readonly feeds: readonly string[] })[];
  /** Tables that have no partition for the date in one week. */
  readonly partitionGaps: readonly string[];
  readonly delivery: DeliveryState;
}

export interface HealthStore {
  /** Eleven statements; none reads a table that grows with the catalog. */
  read(): Promise<HealthFacts>;
}

/** An operator may need some days to act on a missing partition. */
const partitionLeadMs = 7 * dayMs;

async function listUnknownCategories(pool: Pool, feeds: readonly Feed[]) {
  const named = [...new Set(feeds.flatMap(({ categories }) => categories))];
  if (named.length === 0) return [];
  const rows = await runSql<UnknownCategory>(pool, readSql('health-categories'), [named]);
  return rows.map((row) => ({
    ...row,
    feeds: feeds.filter(({ categories }) => categories.includes(row.categoryId)).map(({ name }) => name),
  }));
}

export interface HealthStoreParts {
  readonly pool: Pool;
  /** Empty: not set, so there are no limits. */
  readonly appKey: string;
  /** Of the sync file; none: it is not there, or can't be read. */
  readonly feeds: readonly Feed[];
  /** Calls use no stored token: when those expire is no matter. Default: false. */
  readonly isSelfUse?: boolean;
}

async function read({ pool, appKey, feeds, isSelfUse = false }: HealthStoreParts): Promise<HealthFacts> {
  const state = await runSqlForOne<WorkState>(pool, readSql('health-state'), [appKey]);
  const soon = new Date(state.now.getTime() + partitionLeadMs);
  return {
    hasAppKey: appKey !== '',
    state: isSelfUse ? { ...state, logInBy: null } : state,
    runs: await runSql<TroubledRun>(pool, readSql('health-runs')),
    workers: await runSql<WorkerTrouble>(pool, readSql('health-workers')),
    missed: await runSql<MissedSlots>(pool, readSql('health-slots')),
    schedules: await createScheduleStore({ pool }).list(),
    holds: await createQuotaStore({ pool }).listHolds(),
    permissions: await createPermissionStore({ pool, appKey }).listApis(),
    limits: await runSql<LimitUse>(pool, readSql('health-quotas'), [appKey]),
    unknownCategories: await listUnknownCategories(pool, feeds),
    partitionGaps: await createStatusStore({ pool }).listPartitionGaps(soon),
    delivery: await createNotificationStore(pool).readDelivery(),
  };
}

/** For one app. One connection at a time. */
export function createHealthStore(parts: HealthStoreParts): HealthStore {
  return { read: () => read(parts) };
}
