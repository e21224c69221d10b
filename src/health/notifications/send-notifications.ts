import { hourMs, minuteMs } from '../../core/duration.ts';
import type { AppError } from '../../core/errors.ts';
import { toAppError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { HealthStore } from '../issues/health-store.ts';
import type { DeliveryState, NotificationStore } from './notification-store.ts';
import type { Receiver } from '../../model/notification.ts';
import type { Source } from '../../model/run.ts';
import type { Tracker } from '../../model/tracker.ts';
import { findHealthIssues } from '../issues/find-health-issues.ts';
import type { FindRemedy } from '../issues/issue.ts';
import { toChangeItem } from '../trackers/to-change-item.ts';
import type { PendingChanges, TrackerStore } from '../trackers/tracker-store.ts';
import { choosePending, type PendingNotification } from './choose-pending.ts';

export interface SendDeps {
  readonly issues: HealthStore;
  readonly notifications: NotificationStore;
  readonly receivers: readonly Receiver[];
  readonly changes: TrackerStore;
  /** Of the sync file of this process. */
  readonly trackers: readonly Tracker[];
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

interface Moment {
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** What waits for a receiver. */
interface Pending {
  readonly receiver: Receiver;
  readonly issues: readonly PendingNotification[];
  readonly changes: PendingChanges;
}

const takesChanges = ({ severities }: Receiver): boolean => severities.includes('note');

async function listPending(
  { notifications, changes }: SendDeps,
  receiver: Receiver,
  now: Date,
): Promise<Pending> {
  const issues = choosePending(await notifications.listFor(receiver.name), now);
  return {
    receiver,
    issues: issues.filter(({ item }) => receiver.severities.includes(item.severity)),
    changes: takesChanges(receiver) ? await changes.listPending(maxItems) : { changes: [], total: 0 },
  };
}

/** The message of a receiver, and the changes that it has room for. */
function composeFor({ issues, changes }: Pending, source: Source, now: Date) {
  const sent = changes.changes.slice(0, Math.max(0, maxItems - issues.length));
  const items = [...issues.slice(0, maxItems).map(({ item }) => item), ...sent.map(toChangeItem)];
  const [more, later] = [Math.max(0, issues.length - maxItems), changes.total - sent.length];
  return { message: { source, items, more, later, sentAt: now }, sent };
}

async function noteDelivered(
  { notifications, changes, log }: SendDeps,
  { receiver, issues, message, sent }: Pending & ReturnType<typeof composeFor>,
  isComplete: boolean,
): Promise<void> {
  const notified = issues.map(({ item, notifiedState }) => ({ issue: item.key, notifiedState }));
  await notifications.noteDelivered(receiver.name, notified, { isComplete });
  if (sent.length > 0) await changes.noteSent(sent.map(({ changeId }) => changeId));
  const { items, more, later } = message;
  log.info({ receiver: receiver.name, items: items.length, more, later }, 'notification delivered');
}

/** Sends each receiver its message; true: changes wait for the next one. */
async function send(
  deps: SendDeps,
  pending: readonly Pending[],
  delivery: DeliveryState,
  { now, signal }: Moment,
): Promise<boolean> {
  const { notifications, source, log } = deps;
  const composed = pending.map((one) => ({ ...one, ...composeFor(one, source, now) }));
  const ends = await Promise.allSettled(
    composed.map(({ receiver, message }) => receiver.notifier.send(message, signal)),
  );
  const failed = ends.find((end) => end.status === 'rejected');
  // Until this line no delivery is recorded: if the process dies here, the messages are sent again.
  for (const [index, one] of composed.entries())
    if (ends[index]?.status === 'fulfilled') await noteDelivered(deps, one, failed === undefined);
  if (failed === undefined) return composed.some(({ message }) => message.later > 0);
  const err = toAppError(failed.reason);
  if (signal.aborted || !err.code.startsWith('NOTIFY_')) throw err;
  const attempts = delivery.attempts + 1;
  const pauseMs = pauseAfter(err, attempts);
  await notifications.noteUndelivered(err.code, err.message, pauseMs);
  log.warn({ err, code: err.code, attempts, pauseMs }, 'notification not delivered, trying again');
  return false;
}

/** True: changes wait for the next message. */
async function check(deps: SendDeps, { isLast, signal }: SendOptions): Promise<boolean> {
  const { receivers, notifications, issues, findRemedy, changes } = deps;
  await changes.note(deps.trackers, { isSent: receivers.some(takesChanges) });
  if (receivers.length === 0) return false;
  const facts = await issues.read();
  const { state, delivery } = facts;
  if (!isLast && isWithin(checkEveryMs, state.now, delivery.checkedAt)) return false;
  await notifications.noteChecked();
  const found = findHealthIssues(facts, findRemedy).filter(
    // It would be pointless to send that nothing can be sent.
    ({ severity, id }) => severity !== 'note' && id !== 'undelivered',
  );
  await notifications.merge(
    found,
    receivers.flatMap(({ severities }) => severities),
  );
  const pending: Pending[] = [];
  for (const receiver of receivers) pending.push(await listPending(deps, receiver, state.now));
  const due = pending.filter((one) => one.issues.length + one.changes.total > 0);
  if (due.length === 0 || !maySend(delivery, state.now, isLast)) return false;
  return send(deps, due, delivery, { now: state.now, signal });
}

/**
 * Notes what trackers notice, checks once for items to send, and sends each receiver its own as one message. One process does so
 * at a time; false: another process is checking, or more waits than a message has room for. If a receiver fails, a later check
 * sends it the items of that time.
 */
export async function sendNotifications(deps: SendDeps, options: SendOptions): Promise<boolean> {
  let hasMore = false;
  const isOurs = await deps.notifications.exclusively(async () => {
    hasMore = await check(deps, options);
  });
  return isOurs && !hasMore;
}
