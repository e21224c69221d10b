import type { Pool } from 'pg';
import type { RunStatus } from '../../model/run.ts';

/**
 * What became of a slot: it started a run, joined one that was active, came while nobody was there, or while its
 * schedule was paused.
 */
export type SlotOutcome = 'ran' | 'merged' | 'missed' | 'skipped';

/** A slot that was decided, with how its run is going. */
export interface DecidedSlot {
  readonly schedule: string;
  readonly slotAt: Date;
  readonly outcome: SlotOutcome;
  readonly decidedAt: Date;
  /** Null, as the three below: it has none. */
  readonly runId: string | null;
  readonly status: RunStatus | null;
  readonly cause: string | null;
  readonly callsUsed: number | null;
}

/** The slots of schedules, one row each, in `sync.slot`. */
export interface SlotStore {
  /** The first decision about a slot stays. */
  decide(schedule: string, slotAt: Date, outcome: 'ran' | 'merged', runId: string): Promise<void>;
  /** As `decide`, for slots without a run. */
  decideWithoutRun(schedule: string, slots: readonly Date[], outcome: 'missed' | 'skipped'): Promise<void>;
  /** The newest first. `schedule` null: of all schedules. */
  list(schedule: string | null, limit: number): Promise<DecidedSlot[]>;
}

/** Over `sync.slot`. */
export function createSlotStore({ pool }: { readonly pool: Pool }): SlotStore {
  return {
    decide: async (schedule, slotAt, outcome, runId) => {
      await pool.query(
        `INSERT INTO sync.slot (schedule, slot_at, outcome, run_id, decided_at)
         VALUES ($1, $2, $3, $4, usage.ledger_now()) ON CONFLICT DO NOTHING`,
        [schedule, slotAt, outcome, runId],
      );
    },
    decideWithoutRun: async (schedule, slots, outcome) => {
      if (slots.length === 0) return;
      await pool.query(
        `INSERT INTO sync.slot (schedule, slot_at, outcome, decided_at)
         SELECT $1, slot_at, $3, now FROM unnest($2::timestamptz[]) slot_at, usage.ledger_now() now
         ON CONFLICT DO NOTHING`,
        [schedule, slots, outcome],
      );
    },
    list: async (schedule, limit) => {
      const { rows } = await pool.query<DecidedSlot>(
        `SELECT s.schedule, s.slot_at AS "slotAt", s.outcome, s.decided_at AS "decidedAt", s.run_id AS "runId",
                r.status, r.cause, r.calls_used AS "callsUsed"
         FROM sync.slot s LEFT JOIN sync.run r USING (run_id)
         WHERE $1::text IS NULL OR s.schedule = $1
         ORDER BY s.slot_at DESC, s.schedule
         LIMIT $2`,
        [schedule, limit],
      );
      return rows;
    },
  };
}
