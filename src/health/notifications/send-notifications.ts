import { hourMs, minuteMs } from '../../core/duration.ts';
import type { AppError } from '../../core/errors.ts';
import { toAppError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { HealthStore } from '../issues/health-store.ts';
import type { DeliveryState, NotificationStore } from './notification-store.ts';
import type { NotificationItem, Notifier } from '../../model/notification.ts';
import type { Source } from '../../model/run.ts';
import type { TrackedChange, Tracker } from '../../model/tracker.ts';
import { findHealthIssues } from '../issues/find-health-issues.ts';
import type { FindRemedy } from '../issues/issue.ts';
import { toChangeItem } from '../trackers/to-change-item.ts';
import type { PendingChanges, TrackerStore } from '../trackers/tracker-store.ts';
import { choosePending, type PendingNotification } from './choose-pending.ts';

export interface SendDeps {
  readonly issues: HealthStore;
  readonly notifications: NotificationStore;
  /** Null: there is no receiver. */
  readonly notifier: Notifier | null;
  readonly changes: TrackerStore;
  /** Of the sync file of this process. */
  readonly trackers: readonly Tracker[];
  /** A receiver takes what trackers notice. */
  readonly isTrackedSent: boolean;
  readonly findRemedy: FindRemedy;
  readonly source: Source;
  readonly log: Logger;
}

export interface SendOptions {
  /** This process ends next: it waits for nothing that a later check could do. */
  readonly isLast: boolean;
  /** Aborts sending; a later check sends what is pending then. */
  readonly signal: AbortSignal;
}

/** By all processes together. At double, notifications are a minute late. */
const checkEveryMs = 20_000;

/** Between two messages, so that what comes up together is one. DingTalk takes 20 a minute. */
const gatherMs = minuteMs;

/** Before the second attempt, doubled for each further one, up to the longest. */
const firstPauseMs = 30_000;
const maxPauseMs = hourMs;

/** A longer message is not read, and DingTalk takes 20,000 bytes. */
const maxItems = 20;

function isWithin(ms: number, now: Date, at: Date | null): boolean {
  // Also when the clock was set back since: nothing waits for longer than it was meant to.
  return at !== null && Math.abs(now.getTime() - at.getTime()) < ms;
}

/** Whether a message may leave now. */
function maySend(
  { attemptedAt, nextAttemptAt, errorCode }: DeliveryState,
  now: Date,
  isLast: boolean,
): boolean {
  const isPausing = nextAttemptAt !== null && nextAttemptAt > now && isWithin(maxPauseMs, now, attemptedAt);
  if (isPausing) return isLast && errorCode !== 'NOTIFY_THROTTLED';
  return isLast || !isWithin(gatherMs, now, attemptedAt);
}

function pauseAfter(error: AppError, attempts: number): number {
  const ownMs = firstPauseMs * 2 ** Math.min(attempts - 1, 20);
  return Math.min(maxPauseMs, Math.max(ownMs, error.retryAfterMs ?? 0));
}

interface Delivered {
  readonly issues: readonly PendingNotification[];
  readonly changes: readonly TrackedChange[];
}

async function noteDelivered(
  { notifications, changes: store }: SendDeps,
  { issues, changes }: Delivered,
  isComplete: boolean,
): Promise<void> {
  const notified = issues.map(({ item, notifiedState }) => ({ issue: item.key, notifiedState }));
  await notifications.noteDelivered(notified, { isComplete });
  if (changes.length > 0) await store.noteSent(changes.map(({ changeId }) => changeId));
}

/** What all receivers took of a message that one of them did not take. */
function findTaken({ hasTaken }: Notifier, { issues, changes }: Delivered): Delivered {
  const isTaken = (item: NotificationItem) => hasTaken?.(item) ?? false;
  return {
    issues: issues.filter(({ item }) => isTaken(item)),
    changes: changes.filter((change) => isTaken(toChangeItem(change))),
  };
}

async function send(
  deps: SendDeps & { readonly notifier: Notifier },
  { issues, changes }: Pending,
  delivery: DeliveryState,
  { now, signal }: Moment,
): Promise<boolean> {
  const { notifier, notifications, source, log } = deps;
  const sent = changes.changes.slice(0, Math.max(0, maxItems - issues.length));
  const items = [...issues.slice(0, maxItems).map(({ item }) => item), ...sent.map(toChangeItem)];
  const [more, later] = [Math.max(0, issues.length - maxItems), changes.total - sent.length];
  try {
    await notifier.send({ source, items, more, later, sentAt: now }, signal);
  } catch (thrown) {
    const err = toAppError(thrown);
    if (signal.aborted || !err.code.startsWith('NOTIFY_')) throw err;
    await noteDelivered(deps, findTaken(notifier, { issues, changes: sent }), false);
    const attempts = delivery.attempts + 1;
    const pauseMs = pauseAfter(err, attempts);
    await notifications.noteUndelivered(err.code, err.message, pauseMs);
    log.warn({ err, code: err.code, attempts, pauseMs }, 'notification not delivered, trying again');
    return false;
  }
  // Until this line the delivery is not recorded: if the process dies here, the message is sent again.
  await noteDelivered(deps, { issues, changes: sent }, true);
  log.info({ items: items.length, more, later, failedAttempts: delivery.attempts }, 'notification delivered');
  return changes.total > sent.length;
}

interface Pending {
  readonly issues: readonly PendingNotification[];
  readonly changes: PendingChanges;
}

interface Moment {
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** True: changes wait for the next message. */
async function check(deps: SendDeps, { isLast, signal }: SendOptions): Promise<boolean> {
  const { notifier, notifications, issues, findRemedy, changes, isTrackedSent } = deps;
  await changes.note(deps.trackers, { isSent: isTrackedSent });
  if (notifier === null) return false;
  const facts = await issues.read();
  const { state, delivery } = facts;
  if (!isLast && isWithin(checkEveryMs, state.now, delivery.checkedAt)) return false;
  await notifications.noteChecked();
  const found = findHealthIssues(facts, findRemedy).filter(
    // It would be pointless to send that nothing can be sent.
    ({ severity, id }) => severity !== 'note' && id !== 'undelivered',
  );
  const pending = {
    issues: choosePending(await notifications.merge(found), state.now),
    changes: isTrackedSent ? await changes.listPending(maxItems) : { changes: [], total: 0 },
  };
  if (pending.issues.length + pending.changes.total === 0 || !maySend(delivery, state.now, isLast))
    return false;
  return send({ ...deps, notifier }, pending, delivery, { now: state.now, signal });
}

/**
 * Notes what trackers notice, checks once for items to send, and sends them as one message. One process does so at a time;
 * false: another process is checking, or more waits than a message has room for. If the receiver fails, a later check sends the
 * items of that time.
 */
export async function sendNotifications(deps: SendDeps, options: SendOptions): Promise<boolean> {
  let hasMore = false;
  const isOurs = await deps.notifications.exclusively(async () => {
    hasMore = await check(deps, options);
  });
  return isOurs && !hasMore;
}
