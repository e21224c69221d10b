import type { Pool } from 'pg';
import type { HealthIssue } from '../../model/health-issue.ts';
import type { StoredHealthIssue, NotificationState } from '../../model/notification.ts';
import { advisoryLocks } from '../../db/advisory-locks.ts';
import { inTransaction } from '../../db/in-transaction.ts';
import { applySql, runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** How the sending goes; all of it null or 0 where nothing was ever looked for. */
export interface DeliveryState {
  /** When a process last looked for something to tell. */
  readonly checkedAt: Date | null;
  /** When the receiver last took a message. */
  readonly deliveredAt: Date | null;
  /** Attempts that failed since then, and when the first of them was made. */
  readonly attempts: number;
  readonly failingSince: Date | null;
  /** When a message was last sent, whatever became of it. */
  readonly attemptedAt: Date | null;
  /** Nothing is sent before; null: nothing stands in the way. */
  readonly nextAttemptAt: Date | null;
  /** Why the last attempt failed; null: it did not. */
  readonly errorCode: string | null;
  readonly error: string | null;
}

interface NotifiedIssue {
  readonly issue: string;
  readonly notifiedState: NotificationState;
}

/** What people were told, shared by all processes; times are the ledger's. */
export interface NotificationStore {
  /** Runs `work` unless another process sends right now; false: one does. */
  exclusively(work: () => Promise<void>): Promise<boolean>;
  readDelivery(): Promise<DeliveryState>;
  noteChecked(): Promise<void>;
  /** Takes over what lasts now; gives everything that somebody may have to be told of. */
  merge(issues: readonly HealthIssue[]): Promise<StoredHealthIssue[]>;
  /** The receiver took a message about these. */
  noteDelivered(notifiedState: readonly NotifiedIssue[]): Promise<void>;
  /** It did not; nothing is sent for `pauseMs` from now. */
  noteUndelivered(code: string, error: string, pauseMs: number): Promise<void>;
}

const untouched: DeliveryState = {
  checkedAt: null,
  deliveredAt: null,
  attempts: 0,
  failingSince: null,
  attemptedAt: null,
  nextAttemptAt: null,
  errorCode: null,
  error: null,
};

async function readDelivery(pool: Pool): Promise<DeliveryState> {
  const { rows } = await pool.query<DeliveryState>(
    `SELECT checked_at AS "checkedAt", delivered_at AS "deliveredAt", attempts, failing_since AS "failingSince",
            attempted_at AS "attemptedAt", next_attempt_at AS "nextAttemptAt", error_code AS "errorCode", error
     FROM sync.notification_delivery`,
  );
  return rows[0] ?? untouched;
}

async function exclusively(pool: Pool, work: () => Promise<void>): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    // The lock is a transaction's: it goes with the connection of a process that dies while it sends.
    const { rows } = await client.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1) AS locked',
      [advisoryLocks.notify],
    );
    if (!rows[0]?.locked) return false;
    await work();
    return true;
  });
}

/** Over `sync.notification` and `sync.notification_delivery`. Needs a second connection for what is done exclusively. */
export function createNotificationStore(pool: Pool): NotificationStore {
  return {
    exclusively: (work) => exclusively(pool, work),
    readDelivery: () => readDelivery(pool),
    noteChecked: async () => {
      await applySql(pool, readSql('note-checked'));
    },
    merge: async (issues) => {
      await applySql(pool, readSql('merge-notifications'), [JSON.stringify(issues)]);
      return runSql<StoredHealthIssue>(pool, readSql('list-notifications'));
    },
    noteDelivered: async (notifiedState) => {
      await applySql(pool, readSql('note-delivered'), [JSON.stringify(notifiedState)]);
    },
    noteUndelivered: async (code, error, pauseMs) => {
      await applySql(pool, readSql('note-undelivered'), [code, error, pauseMs]);
    },
  };
}
