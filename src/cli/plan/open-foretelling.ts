import type { Pool } from 'pg';
import type { ForetellDeps } from '../../jobs/foretell.ts';
import { createForecastStore } from '../../load/stores/forecast-store.ts';
import { createQuotaReport } from '../../load/stores/quota-report.ts';
import { createQuotaStore } from '../../load/stores/quota-store.ts';
import { createScheduleStore } from '../../load/stores/schedule-store.ts';
import { createShelfStore } from '../../load/stores/shelf-store.ts';
import type { SyncConfig } from '../../model/sync-config.ts';

export interface ForetellScope {
  readonly sync: SyncConfig;
  /** Undefined: the limits are those of the sync file. */
  readonly appKey: string | undefined;
}

/** What forecasts read, for a process that has only the database open. */
export function openForetelling(pool: Pool, { sync, appKey }: ForetellScope): ForetellDeps {
  const noLimits = { listLimits: () => Promise.resolve([]) };
  return {
    facts: createForecastStore({ pool }),
    shelves: createShelfStore({ pool }),
    report: appKey === undefined ? noLimits : createQuotaReport({ pool, appKey }),
    quota: createQuotaStore({ pool }),
    schedules: createScheduleStore({ pool }),
    sync,
  };
}
