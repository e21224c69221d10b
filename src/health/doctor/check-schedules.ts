import type { Pool } from 'pg';
import { createScheduleStore } from '../../runs/schedule-store.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { describeSchedules } from '../../runs/list-schedules.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import { ok, warn, type Check } from './check.ts';

const name = 'schedules';

/** Whether schedules start their runs and are valid; empty when no process has stored one yet. */
export async function checkSchedules(pool: Pool, sync: SyncConfig | null, now: Date): Promise<Check[]> {
  const rows = describeSchedules(await createScheduleStore({ pool }).list(), sync, now);
  const kept = rows.filter(({ state }) => state !== 'new');
  if (kept.length === 0) return [];
  const remarks = kept.flatMap((row) => row.remarks.map((text) => `${row.name} ${text}`));
  if (remarks.length > 0)
    return [warn(name, remarks.join(' '), '`catalog-sync schedule` shows all of them.')];
  const next = kept.flatMap(({ nextSlotAt }) => nextSlotAt ?? []).sort((left, right) => +left - +right);
  const described =
    next[0] === undefined ? 'all of them paused' : `next slot ${shanghaiTime(next[0])} (Shanghai)`;
  return [ok(name, `${String(kept.length)} stored, ${described}`)];
}
