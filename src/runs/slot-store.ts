import { desc, eq } from 'drizzle-orm';
import type { Pool } from 'pg';
import { drizzleOn, type Database } from '../db/database.ts';
import { ledgerNow } from '../db/ledger-now.ts';
import { applySql, type SqlExecutor } from '../db/sql-file.ts';
import { slot } from '../schema/schedules.ts';
import { run } from '../schema/sync.ts';
import { readSql } from './read-sql.ts';

/**
 * Outcome of a slot: it started a run, joined an active one, came while no process was running, or came while its schedule was
 * paused.
 */
export type SlotOutcome = (typeof slot.$inferSelect)['outcome'];

const decidedSlot = {
  schedule: slot.schedule,
  slotAt: slot.slotAt,
  outcome: slot.outcome,
  decidedAt: slot.decidedAt,
  /** Null, like the following fields: the slot has no run. */
  runId: slot.runId,
  status: run.status,
  cause: run.cause,
  callsUsed: run.callsUsed,
};

const selectSlots = (db: Database) =>
  db.select(decidedSlot).from(slot).leftJoin(run, eq(run.runId, slot.runId)).$dynamic();

/** A decided slot, with the state of its run. */
export type DecidedSlot = Readonly<Awaited<ReturnType<typeof selectSlots>>[number]>;

/** The slots of schedules, one row each, in `sync.slot`. */
export interface SlotStore {
  /** The first decision about a slot stays. */
  decide(schedule: string, slotAt: Date, outcome: 'ran' | 'merged', runId: string): Promise<void>;
  /** Like `decide`, for slots without a run. */
  decideWithoutRun(schedule: string, slots: readonly Date[], outcome: 'missed' | 'skipped'): Promise<void>;
  /** The newest first. `schedule` null: of all schedules. */
  list(schedule: string | null, limit: number): Promise<DecidedSlot[]>;
}

/** Over `sync.slot`. */
export function createSlotStore({ pool }: { readonly pool: Pool }): SlotStore {
  const db = drizzleOn(pool);
  const insert = async (slots: readonly Omit<typeof slot.$inferInsert, 'decidedAt'>[]) => {
    if (slots.length === 0) return;
    await db
      .insert(slot)
      .values(slots.map((decided) => ({ ...decided, decidedAt: ledgerNow })))
      .onConflictDoNothing();
  };
  return {
    decide: (schedule, slotAt, outcome, runId) => insert([{ schedule, slotAt, outcome, runId }]),
    decideWithoutRun: (schedule, slots, outcome) =>
      insert(slots.map((slotAt) => ({ schedule, slotAt, outcome }))),
    list: (schedule, limit) =>
      selectSlots(db)
        .where(schedule === null ? undefined : eq(slot.schedule, schedule))
        .orderBy(desc(slot.slotAt), slot.schedule)
        .limit(limit),
  };
}

/** Deletes at most `limit` slots before a time; the newest of each schedule stays. @returns how many */
export function deleteOldSlots(executor: SqlExecutor, before: Date, limit: number): Promise<number> {
  return applySql(executor, readSql('delete-old-slots'), [before, limit]);
}
