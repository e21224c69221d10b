import type { Pool } from 'pg';
import { readSql, runSql } from '../sql-file.ts';

/** Something that a person had a page do. */
export interface OperatorAction {
  /** The session, as far as it may be shown. */
  readonly actor: string;
  readonly action: 'run' | 'cancel' | 'hold' | 'resume' | 'retry' | 'connect' | 'queue';
  readonly subject: string;
  /** What became of it. */
  readonly outcome: string;
}

export interface LoggedAction extends OperatorAction {
  readonly actedAt: Date;
}

export interface OperatorLog {
  add(action: OperatorAction): Promise<void>;
  /** The newest first. */
  list(limit: number): Promise<LoggedAction[]>;
}

/** Over `sync.operator_action`. */
export function createOperatorLog(pool: Pool): OperatorLog {
  return {
    add: async ({ actor, action, subject, outcome }) => {
      await pool.query(
        'INSERT INTO sync.operator_action (actor, action, subject, outcome) VALUES ($1, $2, $3, $4)',
        [actor, action, subject, outcome],
      );
    },
    list: (limit) => runSql(pool, readSql('page-actions'), [limit]),
  };
}
