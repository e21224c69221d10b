import { desc, getTableColumns } from 'drizzle-orm';
import type { Pool } from 'pg';
import { drizzleOn } from '../db/database.ts';
import { applySql, type SqlExecutor } from '../db/sql-file.ts';
import { operatorAction } from '../schema/sync.ts';
import { readSql } from './read-sql.ts';

/**
 * An action of an operator on a page: the session, as far as it may be shown, the action, its object and its result.
 */
export type LoggedAction = Readonly<Omit<typeof operatorAction.$inferSelect, 'actionId'>>;

export type OperatorAction = Omit<LoggedAction, 'actedAt'>;

export interface OperatorLog {
  add(action: OperatorAction): Promise<void>;
  /** The newest first. */
  list(limit: number): Promise<LoggedAction[]>;
}

/** Over `sync.operator_action`. */
export function createOperatorLog(pool: Pool): OperatorLog {
  const db = drizzleOn(pool);
  const { actionId, ...shown } = getTableColumns(operatorAction);
  return {
    add: async (action) => {
      await db.insert(operatorAction).values(action);
    },
    list: (limit) => db.select(shown).from(operatorAction).orderBy(desc(actionId)).limit(limit),
  };
}

/** Deletes at most `limit` actions before a time. @returns how many */
export function deleteOldActions(executor: SqlExecutor, before: Date, limit: number): Promise<number> {
  return applySql(executor, readSql('delete-old-actions'), [before, limit]);
}
