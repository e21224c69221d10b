import type { Pool } from 'pg';
import type { Schedule } from '../../model/sync-config.ts';
import type { SlotOutcome } from './slot-store.ts';

/** Who made a schedule: `catalog-sync.yaml`, or a command. */
export type ScheduleOrigin = 'file' | 'cli';

/** A schedule as it is kept, with the newest of its slots that is decided. */
export interface KeptSchedule extends Schedule {
  readonly origin: ScheduleOrigin;
  /** Null: it is not paused. */
  readonly pausedAt: Date | null;
  /** Its slots after this time are accounted for. */
  readonly countsFrom: Date;
  readonly createdAt: Date;
  /** Null: there is none yet. */
  readonly lastSlot: {
    readonly at: Date;
    readonly outcome: SlotOutcome;
    readonly runId: string | null;
  } | null;
}

/** Schedules, one row each in `sync.schedule`; times are the ledger's. */
export interface ScheduleStore {
  /** By name. */
  list(): Promise<KeptSchedule[]>;
  /** Its slots count from now on. */
  insert(schedule: Schedule, origin: ScheduleOrigin): Promise<void>;
  /** `countsAnew`: slots of its new times count from now on. */
  update(schedule: Schedule, countsAnew: boolean): Promise<void>;
  pause(name: string): Promise<void>;
  resume(name: string): Promise<void>;
  remove(name: string): Promise<void>;
}

interface ScheduleRow extends Omit<KeptSchedule, 'lastSlot'> {
  readonly slotAt: Date | null;
  readonly outcome: SlotOutcome | null;
  readonly runId: string | null;
}

function toSchedule({ slotAt, outcome, runId, ...schedule }: ScheduleRow): KeptSchedule {
  const hasSlot = slotAt !== null && outcome !== null;
  return { ...schedule, lastSlot: hasSlot ? { at: slotAt, outcome, runId } : null };
}

const valuesOf = (schedule: Schedule) => [
  schedule.name,
  schedule.cron,
  schedule.timezone,
  JSON.stringify(schedule.feeds),
  schedule.budgetCalls,
  schedule.missed,
];

async function list(pool: Pool): Promise<KeptSchedule[]> {
  const { rows } = await pool.query<ScheduleRow>(
    `SELECT s.name, s.cron, s.time_zone AS timezone, s.feeds, s.budget_calls AS "budgetCalls", s.missed, s.origin,
            s.paused_at AS "pausedAt", s.counts_from AS "countsFrom", s.created_at AS "createdAt",
            l.slot_at AS "slotAt", l.outcome, l.run_id AS "runId"
     FROM sync.schedule s
     LEFT JOIN LATERAL (
       SELECT slot_at, outcome, run_id FROM sync.slot WHERE schedule = s.name ORDER BY slot_at DESC LIMIT 1
     ) l ON true
     ORDER BY s.name`,
  );
  return rows.map(toSchedule);
}

/** Over `sync.schedule`, and `sync.slot` for what was decided last. */
export function createScheduleStore({ pool }: { readonly pool: Pool }): ScheduleStore {
  const change = async (text: string, values: readonly unknown[]) => {
    await pool.query(text, [...values]);
  };
  return {
    list: () => list(pool),
    insert: (schedule, origin) =>
      change(
        `INSERT INTO sync.schedule
           (name, cron, time_zone, feeds, budget_calls, missed, origin, counts_from, created_at, updated_at)
         SELECT $1, $2, $3, $4::jsonb, $5, $6, $7, now, now, now FROM usage.ledger_now() now`,
        [...valuesOf(schedule), origin],
      ),
    update: (schedule, countsAnew) =>
      change(
        `UPDATE sync.schedule
         SET cron = $2, time_zone = $3, feeds = $4::jsonb, budget_calls = $5, missed = $6, updated_at = now,
             counts_from = CASE WHEN $7 THEN now ELSE counts_from END
         FROM usage.ledger_now() now
         WHERE name = $1`,
        [...valuesOf(schedule), countsAnew],
      ),
    pause: (name) =>
      change(
        `UPDATE sync.schedule SET paused_at = coalesce(paused_at, now), updated_at = now
         FROM usage.ledger_now() now WHERE name = $1`,
        [name],
      ),
    resume: (name) =>
      change('UPDATE sync.schedule SET paused_at = NULL, updated_at = usage.ledger_now() WHERE name = $1', [
        name,
      ]),
    remove: (name) => change('DELETE FROM sync.schedule WHERE name = $1', [name]),
  };
}
