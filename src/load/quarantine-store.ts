import type { Pool } from 'pg';
import { runSql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** Values that could not be used, of one operation, place and reason. */
export interface QuarantineGroup {
  readonly operation: string;
  /** As in `QuarantineRow`, with `[]` for every element of a list. */
  readonly path: string;
  readonly reason: string;
  readonly count: number;
  /** Stored answers that had such values. */
  readonly answers: number;
  readonly newestAt: Date;
  readonly newestId: string;
  /** The newest one's, at most 200 characters; null: there was no value. */
  readonly sample: string | null;
}

/** One value that could not be used. */
export interface QuarantineRow {
  readonly quarantineId: string;
  readonly operation: string;
  /** Where in the payload: `data[3].offerId`; `$`: the payload itself. */
  readonly path: string;
  readonly reason: string;
  readonly sample: string | null;
  readonly observedAt: Date;
  readonly rawId: string;
  readonly callId: string;
  readonly runId: string | null;
}

export interface QuarantineFilter {
  readonly operation: string | null;
  readonly reason: string | null;
  readonly limit: number;
}

/** What of answers could not be used; reads only. */
export interface QuarantineStore {
  /** The most frequent first. */
  listGroups(filter: QuarantineFilter): Promise<QuarantineGroup[]>;
  /** Null: there is no such row, or no longer. */
  read(quarantineId: string): Promise<QuarantineRow | null>;
}

/** Over `sync.quarantine`. */
export function createQuarantineStore({ pool }: { readonly pool: Pool }): QuarantineStore {
  return {
    listGroups: async ({ operation, reason, limit }) => {
      const rows = await runSql<QuarantineGroup>(pool, readSql('list-quarantine'), [
        operation,
        reason,
        limit,
      ]);
      return rows;
    },
    read: async (quarantineId) => {
      const { rows } = await pool.query<QuarantineRow>(
        `SELECT quarantine_id::text AS "quarantineId", operation, path, reason, sample, observed_at AS "observedAt",
                raw_id::text AS "rawId", call_id::text AS "callId", run_id::text AS "runId"
         FROM sync.quarantine WHERE quarantine_id = $1`,
        [quarantineId],
      );
      return rows[0] ?? null;
    },
  };
}
