import type { Pool } from 'pg';
import type { StoredAnswer } from '../../model/ledger.ts';
import { readSql } from '../sql-file.ts';
import { toStoredAnswer, type StoredAnswerRow } from '../stored-answer.ts';

export interface RawStore {
  /**
   * At most `limit` answers that are paid for and not in the catalog yet, oldest first.
   *
   * @throws AppError RAW_DAMAGED
   */
  listUnloaded(limit: number): Promise<StoredAnswer[]>;
}

/** Over `raw.payload`; answers get there when their call is settled. */
export function createRawStore({ pool }: { readonly pool: Pool }): RawStore {
  return {
    listUnloaded: async (limit) => {
      const { rows } = await pool.query<StoredAnswerRow>(readSql('list-unloaded-answers'), [limit]);
      return Promise.all(rows.map(toStoredAnswer));
    },
  };
}
