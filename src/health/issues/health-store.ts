import type { Pool } from 'pg';
import { dayMs } from '../../core/duration.ts';
import type { ApiPermission } from '../../model/permission.ts';
import type { RunStatus } from '../../model/run.ts';
import { createNotificationStore, type DeliveryState } from '../notifications/notification-store.ts';
import { createPermissionStore } from '../../ledger/permission-store.ts';
import { createQuotaStore, type ApiHold } from '../../ledger/quota-store.ts';
import { createScheduleStore, type KeptSchedule } from '../../runs/schedule-store.ts';
import { createStatusStore } from '../status-store.ts';
import { runSql } from '../../db/sql-file.ts';
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
  /** When the stored tokens can no longer be renewed; null: not known. */
  readonly logInBy: Date | null;
  /** The newest good answer of the last 31 days. */
  readonly answeredAt: Date | null;
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
  readonly state: WorkState;
  /** The newest first. */
  readonly runs: readonly TroubledRun[];
  readonly missed: readonly MissedSlots[];
  readonly schedules: readonly KeptSchedule[];
  readonly holds: readonly ApiHold[];
  readonly permissions: readonly ApiPermission[];
  readonly limits: readonly LimitUse[];
  /** Tables that have no partition for the date in one week. */
  readonly partitionGaps: readonly string[];
  readonly delivery: DeliveryState;
}

export interface HealthStore {
  /** Nine statements; none reads a table that grows with the catalog. */
  read(): Promise<HealthFacts>;
}

/** An operator may need some days to act on a missing partition. */
const partitionLeadMs = 7 * dayMs;

async function read(pool: Pool, appKey: string): Promise<HealthFacts> {
  const [state] = await runSql<WorkState>(pool, readSql('health-state'), [appKey]);
  if (!state) throw new Error('health-state returned no row');
  const soon = new Date(state.now.getTime() + partitionLeadMs);
  return {
    state,
    runs: await runSql<TroubledRun>(pool, readSql('health-runs')),
    missed: await runSql<MissedSlots>(pool, readSql('health-slots')),
    schedules: await createScheduleStore({ pool }).list(),
    holds: await createQuotaStore({ pool }).listHolds(),
    permissions: await createPermissionStore({ pool, appKey }).listApis(),
    limits: await runSql<LimitUse>(pool, readSql('health-quotas'), [appKey]),
    partitionGaps: await createStatusStore({ pool }).listPartitionGaps(soon),
    delivery: await createNotificationStore(pool).readDelivery(),
  };
}

/** For one app; an empty app key: not set, so there are no limits. One connection at a time. */
export function createHealthStore({ pool, appKey }: { pool: Pool; appKey: string }): HealthStore {
  return { read: () => read(pool, appKey) };
}
