import type { Pool } from 'pg';
import type { StoredAnswer } from '../../model/ledger.ts';
import { readSql } from '../sql-file.ts';
import { toStoredAnswer, type StoredAnswerRow } from '../stored-answer.ts';

export interface RawStore {
  /**
   * At most `limit` answers that are paid for and not in the catalog, stored longer ago than `olderThanMs`
   * (default 0: all), oldest first.
   *
   * @throws AppError RAW_DAMAGED
   */
  listUnloaded(limit: number, olderThanMs?: number): Promise<StoredAnswer[]>;
  /** Keeps an answer that can't be loaded from being tried for ever: it goes into quarantine, with its reason. */
  setAside(rawId: string, reason: string): Promise<void>;
}

/** Over `raw.payload`; answers get there when their call is settled. */
export function createRawStore({ pool }: { readonly pool: Pool }): RawStore {
  return {
    listUnloaded: async (limit, olderThanMs = 0) => {
      const { rows } = await pool.query<StoredAnswerRow>(readSql('list-unloaded-answers'), [
        limit,
        olderThanMs,
      ]);
      return Promise.all(rows.map(toStoredAnswer));
    },
    setAside: async (rawId, reason) => {
      await pool.query(readSql('set-answer-aside'), [rawId, reason]);
    },
  };
}
