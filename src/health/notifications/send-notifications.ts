import { hourMs, minuteMs } from '../../core/duration.ts';
import type { AppError } from '../../core/errors.ts';
import { toAppError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { HealthStore } from '../issues/health-store.ts';
import type { DeliveryState, NotificationStore } from './notification-store.ts';
import type { Notifier } from '../../model/notification.ts';
import type { Source } from '../../model/run.ts';
import { findHealthIssues, undeliveredKey, type FindRemedy } from '../issues/find-health-issues.ts';
import { choosePending, type PendingNotification } from './choose-pending.ts';

export interface SendDeps {
  readonly issues: HealthStore;
  readonly notifications: NotificationStore;
  readonly notifier: Notifier;
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

async function send(
  deps: SendDeps,
  pending: readonly PendingNotification[],
  delivery: DeliveryState,
  { now, signal }: Moment,
) {
  const { notifier, notifications, source, log } = deps;
  const items = pending.slice(0, maxItems).map(({ item }) => item);
  const more = pending.length - items.length;
  try {
    await notifier.send({ source, items, more, sentAt: now }, signal);
  } catch (thrown) {
    const err = toAppError(thrown);
    if (signal.aborted || !err.code.startsWith('NOTIFY_')) throw err;
    const attempts = delivery.attempts + 1;
    const pauseMs = pauseAfter(err, attempts);
    await notifications.noteUndelivered(err.code, err.message, pauseMs);
    log.warn({ err, code: err.code, attempts, pauseMs }, 'notification not delivered, trying again');
    return;
  }
  // Until this line the delivery is not recorded: if the process dies here, the message is sent again.
  await notifications.noteDelivered(
    pending.map(({ item, notifiedState }) => ({ issue: item.key, notifiedState })),
  );
  log.info({ items: pending.length, failedAttempts: delivery.attempts }, 'notification delivered');
}

interface Moment {
  readonly now: Date;
  readonly signal: AbortSignal;
}

async function checkHealth(deps: SendDeps, { isLast, signal }: SendOptions): Promise<void> {
  const { notifications, issues, findRemedy } = deps;
  const facts = await issues.read();
  const { state, delivery } = facts;
  if (!isLast && isWithin(checkEveryMs, state.now, delivery.checkedAt)) return;
  await notifications.noteChecked();
  const found = findHealthIssues(facts, findRemedy).filter(
    ({ severity, key }) => severity !== 'note' && key !== undeliveredKey,
  );
  const pending = choosePending(await notifications.merge(found), state.now);
  if (pending.length === 0 || !maySend(delivery, state.now, isLast)) return;
  await send(deps, pending, delivery, { now: state.now, signal });
}

/**
 * Checks once for items to send, and sends them as one message. One process does so at a time; false: another
 * process is checking. If the receiver fails, a later check sends the items of that time.
 */
export async function sendNotifications(deps: SendDeps, options: SendOptions): Promise<boolean> {
  return deps.notifications.exclusively(() => checkHealth(deps, options));
}
