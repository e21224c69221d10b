import type { Pool } from 'pg';
import type { ApiPermission } from '../../model/permission.ts';
import type { RunStatus } from '../../model/run.ts';
import { createNotificationStore, type DeliveryState } from './notification-store.ts';
import { createPermissionStore } from './permission-store.ts';
import { createQuotaStore, type ApiHold } from './quota-store.ts';
import { createScheduleStore, type KeptSchedule } from './schedule-store.ts';
import { createStatusStore } from './status-store.ts';
import { readSql, runSql } from '../sql-file.ts';

/** A run that failed or is incomplete, or is active while nobody is at it. */
export interface TroubledRun {
  readonly runId: string;
  readonly scope: string;
  readonly status: RunStatus;
  readonly cause: string | null;
  readonly lastErrorCode: string | null;
  /** Targets that ended in an error. */
  readonly errors: number;
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
  readonly window: 'day' | 'month';
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

/** What concerns are found in. */
export interface ConcernFacts {
  readonly state: WorkState;
  /** The newest first. */
  readonly runs: readonly TroubledRun[];
  readonly missed: readonly MissedSlots[];
  readonly schedules: readonly KeptSchedule[];
  readonly holds: readonly ApiHold[];
  readonly permissions: readonly ApiPermission[];
  readonly limits: readonly LimitUse[];
  /** Tables that have no partition for a week from now. */
  readonly partitionGaps: readonly string[];
  readonly delivery: DeliveryState;
}

export interface ConcernStore {
  /** Nine statements, none of which reads a table that grows with the catalog. */
  read(): Promise<ConcernFacts>;
}

/** It takes a person some days to see to a missing partition. */
const partitionLeadMs = 7 * 86_400_000;

async function read(pool: Pool, appKey: string): Promise<ConcernFacts> {
  const [state] = await runSql<WorkState>(pool, readSql('concern-state'), [appKey]);
  if (!state) throw new Error('concern-state returned no row');
  const soon = new Date(state.now.getTime() + partitionLeadMs);
  return {
    state,
    runs: await runSql<TroubledRun>(pool, readSql('concern-runs')),
    missed: await runSql<MissedSlots>(pool, readSql('concern-slots')),
    schedules: await createScheduleStore({ pool }).list(),
    holds: await createQuotaStore({ pool }).listHolds(),
    permissions: await createPermissionStore({ pool, appKey }).listApis(),
    limits: await runSql<LimitUse>(pool, readSql('concern-quotas'), [appKey]),
    partitionGaps: await createStatusStore({ pool }).listPartitionGaps(soon),
    delivery: await createNotificationStore(pool).readDelivery(),
  };
}

/** For one app; an empty app key: none is set, so that there are no limits. One connection at a time. */
export function createConcernStore({ pool, appKey }: { pool: Pool; appKey: string }): ConcernStore {
  return { read: () => read(pool, appKey) };
}
