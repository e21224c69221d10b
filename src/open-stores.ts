import type { Pool } from 'pg';
import type { Logger } from './core/log.ts';
import { createCatalogStore } from './load/stores/catalog-store.ts';
import { createForecastStore } from './load/stores/forecast-store.ts';
import { createLedgerStore } from './load/stores/ledger-store.ts';
import { createPermissionStore } from './load/stores/permission-store.ts';
import { createPlanStore } from './load/stores/plan-store.ts';
import { createQuotaReport } from './load/stores/quota-report.ts';
import { createQuotaStore } from './load/stores/quota-store.ts';
import { createRawStore } from './load/stores/raw-store.ts';
import { createRunStore } from './load/stores/run-store.ts';
import { createScheduleStore } from './load/stores/schedule-store.ts';
import { createShelfStore } from './load/stores/shelf-store.ts';
import { createSlotStore } from './load/stores/slot-store.ts';
import { learn } from './plan/learn.ts';
import { normalizerVersion } from './transform/normalize-answer.ts';

export interface StoreParts {
  readonly pool: Pool;
  readonly appKey: string;
  readonly log: Logger;
  /** Aborts: nothing is tried again. */
  readonly stopNow: AbortSignal;
}

/** Everything that is kept, for one app. */
export function openStores({ pool, appKey, log, stopNow }: StoreParts) {
  return {
    permissions: createPermissionStore({ pool, appKey }),
    ledger: createLedgerStore({ pool, log, signal: stopNow }),
    quota: createQuotaStore({ pool }),
    raw: createRawStore({ pool }),
    runs: createRunStore({ pool }),
    schedules: createScheduleStore({ pool }),
    slots: createSlotStore({ pool }),
    plan: createPlanStore({ pool }),
    shelves: createShelfStore({ pool }),
    facts: createForecastStore({ pool }),
    report: createQuotaReport({ pool, appKey }),
    catalog: createCatalogStore({ pool, learn, log, normalizerVersion }),
  };
}
