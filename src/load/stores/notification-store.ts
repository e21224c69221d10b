import type { Pool } from 'pg';
import type { Concern } from '../../model/concern.ts';
import type { KeptConcern, Told } from '../../model/notification.ts';
import { advisoryLocks } from '../advisory-locks.ts';
import { inTransaction } from '../in-transaction.ts';
import { applySql, readSql, runSql } from '../sql-file.ts';

/** How the sending goes; all of it null or 0 where nothing was ever looked for. */
export interface DeliveryState {
  /** When a process last looked for something to tell. */
  readonly lookedAt: Date | null;
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

interface ToldConcern {
  readonly concern: string;
  readonly told: Told;
}

/** What people were told, shared by all processes; times are the ledger's. */
export interface NotificationStore {
  /** Runs `work` unless another process sends right now; false: one does. */
  exclusively(work: () => Promise<void>): Promise<boolean>;
  readDelivery(): Promise<DeliveryState>;
  noteLooked(): Promise<void>;
  /** Takes over what lasts now; gives everything that somebody may have to be told of. */
  merge(concerns: readonly Concern[]): Promise<KeptConcern[]>;
  /** The receiver took a message about these. */
  noteDelivered(told: readonly ToldConcern[]): Promise<void>;
  /** It did not; nothing is sent for `pauseMs` from now. */
  noteUndelivered(code: string, error: string, pauseMs: number): Promise<void>;
}

const untouched: DeliveryState = {
  lookedAt: null,
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
    `SELECT looked_at AS "lookedAt", delivered_at AS "deliveredAt", attempts, failing_since AS "failingSince",
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
    noteLooked: async () => {
      await applySql(pool, readSql('note-looked'));
    },
    merge: async (concerns) => {
      await applySql(pool, readSql('merge-notifications'), [JSON.stringify(concerns)]);
      return runSql<KeptConcern>(pool, readSql('list-notifications'));
    },
    noteDelivered: async (told) => {
      await applySql(pool, readSql('note-delivered'), [JSON.stringify(told)]);
    },
    noteUndelivered: async (code, error, pauseMs) => {
      await applySql(pool, readSql('note-undelivered'), [code, error, pauseMs]);
    },
  };
}
