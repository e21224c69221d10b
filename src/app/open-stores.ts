import type { Pool } from 'pg';
import type { Logger } from '../core/log.ts';
import { createAgeStore } from '../runs/age-store.ts';
import { createCatalogStore } from '../load/catalog-store.ts';
import { createForecastStore } from '../refresh/queue/forecast-store.ts';
import { createLedgerStore } from '../ledger/ledger-store.ts';
import { createPermissionStore } from '../ledger/permission-store.ts';
import { createLeaseStore } from '../refresh/queue/lease-store.ts';
import { createQuotaReport } from '../ledger/quota-report.ts';
import { createQuotaStore } from '../ledger/quota-store.ts';
import { createRawStore } from '../raw/raw-store.ts';
import { createRunStore } from '../runs/run-store.ts';
import { createScheduleStore } from '../runs/schedule-store.ts';
import { createRefreshQueue } from '../refresh/queue/refresh-queue.ts';
import { createSlotStore } from '../runs/slot-store.ts';
import { readAgain } from '../jobs/normalize-and-load.ts';
import { learn } from '../refresh/learn.ts';
import { normalizerVersion } from '../transform/normalize-answer.ts';

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
    runs: createRunStore({ pool, appKey }),
    schedules: createScheduleStore({ pool }),
    slots: createSlotStore({ pool }),
    ages: createAgeStore({ pool }),
    leases: createLeaseStore({ pool }),
    refreshQueue: createRefreshQueue({ pool }),
    facts: createForecastStore({ pool }),
    report: createQuotaReport({ pool, appKey }),
    catalog: createCatalogStore({ pool, learn, log, normalizerVersion, read: readAgain }),
  };
}
