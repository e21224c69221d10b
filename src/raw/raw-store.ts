import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Pool } from 'pg';
import type { JsonObject } from '../core/json.ts';
import type { StoredAnswer } from '../model/ledger.ts';
import { drizzleOn } from '../db/database.ts';
import { payload } from '../schema/raw.ts';
import { answerColumns, toStoredAnswer, type StoredAnswerRow } from './stored-answer.ts';
import { applySql, runSql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

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

/** Over `raw.payload`; answers get there when their call is settled. */
export function createRawStore({ pool }: { readonly pool: Pool }): RawStore {
  const db = drizzleOn(pool);
  return {
    listUnloaded: async (limit, olderThanMs = 0) => {
      const rows = await runSql<StoredAnswerRow>(pool, readSql('list-unloaded-answers'), [
        limit,
        olderThanMs,
      ]);
      return Promise.all(rows.map(toStoredAnswer));
    },
    read: async (rawId) => {
      const [row] = await db.select(answerColumns).from(payload).where(eq(payload.rawId, rawId));
      return row ? toStoredAnswer(row) : null;
    },
    findNewest: async (operation, parts) => {
      const [row] = await runSql<StoredAnswerRow>(pool, readSql('find-newest-answer'), [
        operation,
        JSON.stringify(parts),
      ]);
      return row ? toStoredAnswer(row) : null;
    },
    keepOut: async (rawId) => {
      const isUnloaded = and(eq(payload.rawId, rawId), isNull(payload.loadedAt));
      await db
        .update(payload)
        .set({ loadedAt: sql`clock_timestamp()` })
        .where(isUnloaded);
    },
    setAside: async (rawId, reason) => {
      await applySql(pool, readSql('set-answer-aside'), [rawId, reason]);
    },
  };
}
