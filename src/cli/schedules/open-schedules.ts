import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { ChangeDeps } from '../../runs/change-schedules.ts';
import { createQuotaStore } from '../../ledger/quota-store.ts';
import { createScheduleStore } from '../../runs/schedule-store.ts';
import { createSlotStore } from '../../runs/slot-store.ts';
import { betweenTicks } from '../../db/locks.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import type { Session } from '../../app/session.ts';
import { syncFileName } from '../../config/project-folder.ts';
import { withExistingPool } from '../../app/with-existing-pool.ts';

function changeDeps(pool: Pool, { log }: Session): ChangeDeps {
  return {
    schedules: createScheduleStore({ pool }),
    slots: createSlotStore({ pool }),
    ledgerNow: () => createQuotaStore({ pool }).ledgerNow(),
    betweenTicks: (work) => betweenTicks(pool, work),
    log,
  };
}

/**
 * Runs `work` over the schedules of the project's database.
 *
 * @throws AppError DATABASE_*
 */
export function withSchedules<T>(session: Session, work: (deps: ChangeDeps) => Promise<T>): Promise<T> {
  // One connection holds the tick up while the other works.
  return withExistingPool(session, 2, (pool) => work(changeDeps(pool, session)));
}

/**
 * The sync file; null: the project has none.
 *
 * @throws AppError CONFIG_FILE_*
 */
export function readSyncFileIfAny(session: Session): SyncConfig | null {
  return existsSync(join(session.config.projectDir, syncFileName)) ? session.readSyncConfig() : null;
}
