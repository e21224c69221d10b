import type { Pool } from 'pg';

/** What became of a slot: it started a run, joined one that was active, or nobody was there. */
export type SlotOutcome = 'ran' | 'merged' | 'missed';

/** The slots of schedules, one row each, in `sync.slot`. */
export interface SlotStore {
  /** Null: the schedule has none yet. */
  lastDecided(schedule: string): Promise<Date | null>;
  /** The first decision about a slot stays. */
  decide(schedule: string, slotAt: Date, outcome: SlotOutcome, runId: string | null): Promise<void>;
}

/** Over `sync.slot`. */
export function createSlotStore({ pool }: { readonly pool: Pool }): SlotStore {
  return {
    lastDecided: async (schedule) => {
      const { rows } = await pool.query<{ last: Date | null }>(
        'SELECT max(slot_at) AS last FROM sync.slot WHERE schedule = $1',
        [schedule],
      );
      return rows[0]?.last ?? null;
    },
    decide: async (schedule, slotAt, outcome, runId) => {
      await pool.query(
        `INSERT INTO sync.slot (schedule, slot_at, outcome, run_id, decided_at)
         VALUES ($1, $2, $3, $4, usage.ledger_now()) ON CONFLICT DO NOTHING`,
        [schedule, slotAt, outcome, runId],
      );
    },
  };
}
