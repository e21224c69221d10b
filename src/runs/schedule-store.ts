import { desc, eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { Pool } from 'pg';
import type { Schedule } from '../model/sync-config.ts';
import { drizzleOn, type Database } from '../db/database.ts';
import { ledgerNow, readLedgerNow } from '../db/ledger-now.ts';
import { schedule, slot } from '../schema/schedules.ts';
import type { SlotOutcome } from './slot-store.ts';

/** Who made a schedule: `catalog-sync.yaml`, or a command. */
export type ScheduleOrigin = 'file' | 'cli';

/** A stored schedule, with its newest decided slot. */
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
  /** Slots of the schedule count from now on. */
  insert(schedule: Schedule, origin: ScheduleOrigin): Promise<void>;
  /** `countsAnew`: slots of its new times count from now on. */
  update(schedule: Schedule, countsAnew: boolean): Promise<void>;
  pause(name: string): Promise<void>;
  resume(name: string): Promise<void>;
  remove(name: string): Promise<void>;
}

const lastSlotOf = (db: Database) =>
  db
    .select({ at: slot.slotAt, outcome: slot.outcome, runId: slot.runId })
    .from(slot)
    .where(eq(slot.schedule, schedule.name))
    .orderBy(desc(slot.slotAt))
    .limit(1)
    .as('last_slot');

/** Queried by every tick: built once for each store, and without a name, as a pooler in transaction mode requires. */
function prepareList(db: Database) {
  const lastSlot = lastSlotOf(db);
  const { name, cron, timeZone, feeds, budgetCalls, missed, origin, pausedAt, countsFrom, createdAt } =
    schedule;
  return db
    .select({
      ...{
        name,
        cron,
        timezone: timeZone,
        feeds,
        budgetCalls,
        missed,
        origin,
        pausedAt,
        countsFrom,
        createdAt,
      },
      lastSlot: { at: lastSlot.at, outcome: lastSlot.outcome, runId: lastSlot.runId },
    })
    .from(schedule)
    .leftJoinLateral(lastSlot, sql`true`)
    .orderBy(name)
    .prepare('');
}

function valuesOf({ timezone: timeZone, ...values }: Schedule) {
  return { ...values, timeZone };
}

/** Over `sync.schedule`, and `sync.slot` for the newest decided slots. */
export function createScheduleStore({ pool }: { readonly pool: Pool }): ScheduleStore {
  const db = drizzleOn(pool);
  const list = prepareList(db);
  const change = async (name: string, changes: Partial<PgUpdateSetSource<typeof schedule>>) => {
    await db
      .update(schedule)
      .set({ ...changes, updatedAt: ledgerNow })
      .where(eq(schedule.name, name));
  };
  return {
    list: () => list.execute(),
    insert: async (wanted, origin) => {
      const now = await readLedgerNow(pool);
      const times = { countsFrom: now, createdAt: now, updatedAt: now };
      await db.insert(schedule).values({ ...valuesOf(wanted), ...times, origin });
    },
    update: (wanted, countsAnew) =>
      change(wanted.name, { ...valuesOf(wanted), ...(countsAnew ? { countsFrom: ledgerNow } : {}) }),
    pause: (name) => change(name, { pausedAt: sql`coalesce(${schedule.pausedAt}, ${ledgerNow})` }),
    resume: (name) => change(name, { pausedAt: null }),
    remove: async (name) => {
      await db.delete(schedule).where(eq(schedule.name, name));
    },
  };
}
