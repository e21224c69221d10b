import { eq } from 'drizzle-orm';
import type { Pool } from 'pg';
import { drizzleOn } from '../db/database.ts';
import { runSql } from '../db/sql-file.ts';
import { quarantine } from '../schema/sync.ts';
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

/**
 * One value that could not be used. `path`: where in the payload: `data[3].offerId`; `$`: the payload itself. `sample`:
 * at most 200 characters; null: there was no value.
 */
export type QuarantineRow = Readonly<typeof quarantine.$inferSelect>;

export interface QuarantineFilter {
  readonly operation: string | null;
  readonly reason: string | null;
  readonly limit: number;
}

/** The values of answers that could not be used; read-only. */
export interface QuarantineStore {
  /** The most frequent first. */
  listGroups(filter: QuarantineFilter): Promise<QuarantineGroup[]>;
  /** Null: there is no such row. */
  read(quarantineId: string): Promise<QuarantineRow | null>;
}

/** Over `sync.quarantine`. */
export function createQuarantineStore({ pool }: { readonly pool: Pool }): QuarantineStore {
  return {
    listGroups: ({ operation, reason, limit }) =>
      runSql<QuarantineGroup>(pool, readSql('list-quarantine'), [operation, reason, limit]),
    read: async (quarantineId) => {
      const isTheOne = eq(quarantine.quarantineId, quarantineId);
      const [found] = await drizzleOn(pool).select().from(quarantine).where(isTheOne);
      return found ?? null;
    },
  };
}
