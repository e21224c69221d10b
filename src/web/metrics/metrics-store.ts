import type { Pool } from 'pg';
import { dayMs } from '../../core/duration.ts';
import type { CallOutcome, Lane, PeriodKind } from '../../model/ledger.ts';
import { listFoundPaces, type FoundPace } from '../../ledger/found-paces.ts';
import { createQuotaStore } from '../../ledger/quota-store.ts';
import { createScheduleStore, type KeptSchedule } from '../../runs/schedule-store.ts';
import type { SlotOutcome } from '../../runs/slot-store.ts';
import { createStatusStore } from '../../health/status-store.ts';
import { runSql, runSqlForOne } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** Bounds of latency in ms: calls take 750 as clients measured it, and at most half a minute. */
export const latencyBoundsMs = [100, 250, 500, 1000, 2500, 5000, 10_000, 30_000] as const;

/** Before a partition is needed; an operator may need some days to act. */
const partitionLeadMs = 7 * dayMs;

export interface QuotaMetrics {
  readonly api: string;
  readonly period: PeriodKind;
  readonly callLimit: number;
  readonly used: number;
  readonly remaining: number;
  readonly unknown: number;
  readonly resetAt: Date | null;
  readonly exhaustedAt: Date | null;
}

/** Calls of the present day whose end is known. */
export interface CallMetrics {
  readonly api: string;
  readonly lane: Lane;
  readonly outcome: CallOutcome;
  /** How many of `latencyBoundsMs` their latency is above; null: it was not measured. */
  readonly bound: number | null;
  readonly calls: number;
  readonly latencyMs: number;
}

/** Slots by outcome, and the newest runs. */
export interface ScheduleMetrics extends Readonly<Record<SlotOutcome, number>> {
  readonly schedule: string;
  readonly startDelayS: number | null;
  readonly durationS: number | null;
}

export interface FeedMetrics {
  readonly feed: string;
  readonly offers: number;
  readonly oldestObservationAt: Date | null;
}

/** Observations of the present day. */
export interface ObservationMetrics {
  readonly source: string;
  readonly observations: number;
  readonly changed: number;
}

export interface StateMetrics {
  /** The ledger's. */
  readonly now: Date;
  readonly unloaded: number;
  /** With a heartbeat within a minute. */
  readonly workers: number;
  readonly workerAt: Date | null;
  readonly activeRuns: number;
  readonly answeredAt: Date | null;
  readonly logInBy: Date | null;
  /** Attempts since the receiver last took one. */
  readonly failedNotifications: number;
  readonly unknownFields: number;
  readonly missingFields: number;
  readonly retypedFields: number;
}

/** Reads the metrics of the database. */
export interface DatabaseMetrics {
  readonly state: StateMetrics;
  readonly quotas: readonly QuotaMetrics[];
  readonly calls: readonly CallMetrics[];
  /** Where 1688 allows less than the declared pace. */
  readonly paces: readonly FoundPace[];
  readonly heldApis: readonly { readonly api: string; readonly code: string }[];
  readonly schedules: readonly ScheduleMetrics[];
  /** For the next slot of each. */
  readonly kept: readonly KeptSchedule[];
  readonly feeds: readonly FeedMetrics[];
  readonly observations: readonly ObservationMetrics[];
  /** Tables that have no partition for the date in one week. */
  readonly partitionGaps: number;
}

export interface MetricsStore {
  /** Some ten statements; none reads a whole table that grows with the catalog. */
  read(): Promise<DatabaseMetrics>;
}

async function read(pool: Pool, appKey: string): Promise<DatabaseMetrics> {
  const state = await runSqlForOne<StateMetrics>(pool, readSql('metric-state'), [appKey]);
  const soon = new Date(state.now.getTime() + partitionLeadMs);
  const [quotas, calls, holds, schedules, kept, feeds, observations, gaps, found] = await Promise.all([
    runSql<QuotaMetrics>(pool, readSql('metric-quotas'), [appKey]),
    runSql<CallMetrics>(pool, readSql('metric-calls'), [appKey, latencyBoundsMs]),
    createQuotaStore({ pool }).listHolds(),
    runSql<ScheduleMetrics>(pool, readSql('metric-schedules')),
    createScheduleStore({ pool }).list(),
    runSql<FeedMetrics>(pool, readSql('metric-feeds')),
    runSql<ObservationMetrics>(pool, readSql('metric-observations')),
    createStatusStore({ pool }).listPartitionGaps(soon),
    listFoundPaces(pool),
  ]);
  const heldApis = holds.map(({ api, code }) => ({ api, code }));
  const paces = found.filter((pace) => pace.appKey === appKey);
  const rows = { quotas, calls, heldApis, paces, schedules, kept, feeds, observations };
  return { state, ...rows, partitionGaps: gaps.length };
}

interface MetricsParts {
  readonly pool: Pool;
  readonly appKey: string;
  /** Calls use no stored token: when those expire is no matter. Default: false. */
  readonly isSelfUse?: boolean;
}

/** For one app; an empty app key: not set, so there are no limits. */
export function createMetricsStore({ pool, appKey, isSelfUse = false }: MetricsParts): MetricsStore {
  return {
    read: async () => {
      const found = await read(pool, appKey);
      return isSelfUse ? { ...found, state: { ...found.state, logInBy: null } } : found;
    },
  };
}
