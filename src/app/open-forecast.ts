import type { Pool } from 'pg';
import type { ForecastDeps } from '../runs/forecast-run.ts';
import { createAgeStore, type AgeStore } from '../runs/age-store.ts';
import { createForecastStore } from '../refresh/queue/forecast-store.ts';
import { createQuotaReport } from '../ledger/quota-report.ts';
import { createQuotaStore } from '../ledger/quota-store.ts';
import { createScheduleStore } from '../runs/schedule-store.ts';
import { createRefreshQueue } from '../refresh/queue/refresh-queue.ts';
import type { SyncConfig } from '../model/sync-config.ts';

export interface ForecastScope {
  readonly sync: SyncConfig;
  /** Undefined: the limits are those of the sync file. */
  readonly appKey: string | undefined;
}

/** What forecasts read, for a process that has only the database open. */
export function openForecast(
  pool: Pool,
  { sync, appKey }: ForecastScope,
): ForecastDeps & { readonly ages: AgeStore } {
  const noLimits = { listLimits: () => Promise.resolve([]) };
  return {
    facts: createForecastStore({ pool }),
    refreshQueue: createRefreshQueue({ pool }),
    report: appKey === undefined ? noLimits : createQuotaReport({ pool, appKey }),
    quota: createQuotaStore({ pool }),
    schedules: createScheduleStore({ pool }),
    ages: createAgeStore({ pool }),
    sync,
  };
}
