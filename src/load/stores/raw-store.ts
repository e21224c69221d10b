import type { Pool } from 'pg';
import type { JsonObject } from '../../core/json.ts';
import type { StoredAnswer } from '../../model/ledger.ts';
import { toStoredAnswer, type StoredAnswerRow } from '../stored-answer.ts';
import { applySql, readSql, runSql } from '../sql-file.ts';

export interface RawStore {
  /**
   * At most `limit` answers that are paid for and not in the catalog, stored longer ago than `olderThanMs`
   * (default 0: all), oldest first.
   *
   * @throws AppError RAW_DAMAGED
   */
  listUnloaded(limit: number, olderThanMs?: number): Promise<StoredAnswer[]>;
  /**
   * The answer with this id; null when it is not, or no longer, there.
   *
   * @throws AppError RAW_DAMAGED
   */
  read(rawId: string): Promise<StoredAnswer | null>;
  /**
   * The newest answer to a request of an operation that has all these parts, like `{offerId: '610947572360'}`, at any
   * depth.
   *
   * @throws AppError RAW_DAMAGED
   */
  findNewest(operation: string, parts: JsonObject): Promise<StoredAnswer | null>;
  /** Keeps an answer, for itself, out of the catalog: it was asked for by nobody who has a place for it. */
  keepOut(rawId: string): Promise<void>;
  /** Keeps an answer that can't be loaded from being tried for ever: it goes into quarantine, with its reason. */
  setAside(rawId: string, reason: string): Promise<void>;
}

async function readOne(pool: Pool, name: string, params: readonly unknown[]): Promise<StoredAnswer | null> {
  const rows = await runSql<StoredAnswerRow>(pool, readSql(name), [...params]);
  return rows[0] ? toStoredAnswer(rows[0]) : null;
}

/** Over `raw.payload`; answers get there when their call is settled. */
export function createRawStore({ pool }: { readonly pool: Pool }): RawStore {
  return {
    listUnloaded: async (limit, olderThanMs = 0) => {
      const rows = await runSql<StoredAnswerRow>(pool, readSql('list-unloaded-answers'), [
        limit,
        olderThanMs,
      ]);
      return Promise.all(rows.map(toStoredAnswer));
    },
    read: (rawId) => readOne(pool, 'read-answer', [rawId]),
    findNewest: (operation, parts) => readOne(pool, 'find-newest-answer', [operation, JSON.stringify(parts)]),
    keepOut: async (rawId) => {
      await pool.query(
        'UPDATE raw.payload SET loaded_at = clock_timestamp() WHERE raw_id = $1 AND loaded_at IS NULL',
        [rawId],
      );
    },
    setAside: async (rawId, reason) => {
      await applySql(pool, readSql('set-answer-aside'), [rawId, reason]);
    },
  };
}
