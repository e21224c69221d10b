import { and, eq, isNull, or } from 'drizzle-orm';
import type { Pool } from 'pg';
import type { HealthIssue, Severity } from '../../model/health-issue.ts';
import type { NotificationState, ReceiverName, StoredHealthIssue } from '../../model/notification.ts';
import { locks, unlessLocked } from '../../db/locks.ts';
import { drizzleOn, type Database } from '../../db/database.ts';
import { ledgerNow } from '../../db/ledger-now.ts';
import { applySql } from '../../db/sql-file.ts';
import { notification, notificationDelivery } from '../../schema/notifications.ts';
import { readSql } from '../read-sql.ts';

const deliveryFields = {
  /** When a process last checked for notifications. */
  checkedAt: notificationDelivery.checkedAt,
  /** When the receiver last took a message. */
  deliveredAt: notificationDelivery.deliveredAt,
  /** Attempts that failed since then, and when the first of them was made. */
  attempts: notificationDelivery.attempts,
  failingSince: notificationDelivery.failingSince,
  /** When a message was last sent, delivered or not. */
  attemptedAt: notificationDelivery.attemptedAt,
  /** Nothing is sent before this time; null: no wait. */
  nextAttemptAt: notificationDelivery.nextAttemptAt,
  /** Why the last attempt failed; null: it did not. */
  errorCode: notificationDelivery.errorCode,
  error: notificationDelivery.error,
};

/** The state of the dispatcher; all null or 0 before the first check. */
export type DeliveryState = Readonly<
  Pick<typeof notificationDelivery.$inferSelect, keyof typeof deliveryFields>
>;

interface NotifiedIssue {
  readonly issue: string;
  readonly notifiedState: NotificationState;
}

/** Notifications that were sent, shared by all processes; times are the ledger's. */
export interface NotificationStore {
  /** Runs `work` unless another process sends right now; false: one does. */
  exclusively(work: () => Promise<void>): Promise<boolean>;
  readDelivery(): Promise<DeliveryState>;
  noteChecked(): Promise<void>;
  /**
   * Stores the present health issues. A new one is stored only if its severity is one of `severities`: an event that no receiver
   * takes would otherwise wait for one that is added long after it.
   */
  merge(issues: readonly HealthIssue[], severities: readonly Severity[]): Promise<void>;
  /** The stored issues of which the receiver may need a notification. */
  listFor(receiver: ReceiverName): Promise<StoredHealthIssue[]>;
  /** The receiver took a message about these. `isComplete` false: another receiver did not take its own. */
  noteDelivered(
    receiver: ReceiverName,
    notifiedState: readonly NotifiedIssue[],
    options: { readonly isComplete: boolean },
  ): Promise<void>;
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

async function readDelivery(db: Database): Promise<DeliveryState> {
  const [found] = await db.select(deliveryFields).from(notificationDelivery);
  return found ?? untouched;
}

const storedFields = {
  key: notification.issue,
  kind: notification.kind,
  severity: notification.severity,
  summary: notification.summary,
  remedy: notification.remedy,
  path: notification.path,
  beganAt: notification.beganAt,
  endedAt: notification.endedAt,
  issueId: notification.issueId,
  origin: notification.origin,
  since: notification.since,
  healsItself: notification.healsItself,
  healsAt: notification.healsAt,
  runId: notification.runId,
  code: notification.code,
};

/** What each receiver took last of an issue, and when. */
const takenFields = {
  all: { notifiedState: notification.notifiedState, notifiedAt: notification.notifiedAt },
  urgent: { notifiedState: notification.urgentState, notifiedAt: notification.urgentAt },
};

/** Open issues, and issues that are over and whose end may still have to be sent. */
async function listStored(db: Database, receiver: ReceiverName): Promise<StoredHealthIssue[]> {
  const { issue, kind, endedAt, beganAt } = notification;
  const { notifiedState, notifiedAt } = takenFields[receiver];
  const isStateToEnd = and(eq(kind, 'state'), eq(notifiedState, 'lasting'));
  const isEventToSend = and(eq(kind, 'event'), isNull(notifiedState));
  return db
    .select({ ...storedFields, notifiedState, notifiedAt })
    .from(notification)
    .where(or(isNull(endedAt), isStateToEnd, isEventToSend))
    .orderBy(beganAt, issue);
}

/** Over `sync.notification` and `sync.notification_delivery`. Needs a second connection for what is done exclusively. */
export function createNotificationStore(pool: Pool): NotificationStore {
  const db = drizzleOn(pool);
  return {
    exclusively: (work) => unlessLocked(pool, locks.notify, work),
    readDelivery: () => readDelivery(db),
    noteChecked: async () => {
      const checkedAt = ledgerNow;
      const { isOnlyRow } = notificationDelivery;
      await db
        .insert(notificationDelivery)
        .values({ checkedAt })
        .onConflictDoUpdate({ target: isOnlyRow, set: { checkedAt } });
    },
    merge: async (issues, severities) => {
      await applySql(pool, readSql('merge-notifications'), [JSON.stringify(issues), severities]);
    },
    listFor: (receiver) => listStored(db, receiver),
    noteDelivered: async (receiver, notifiedState, { isComplete }) => {
      await applySql(pool, readSql('note-delivered'), [JSON.stringify(notifiedState), receiver, isComplete]);
    },
    noteUndelivered: async (code, error, pauseMs) => {
      await applySql(pool, readSql('note-undelivered'), [code, error, pauseMs]);
    },
  };
}
