import { hourMs, minuteMs } from '../../core/duration.ts';
import type { AppError } from '../../core/errors.ts';
import { toAppError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { ConcernStore } from '../../load/stores/concern-store.ts';
import type { DeliveryState, NotificationStore } from '../../load/stores/notification-store.ts';
import type { Notifier } from '../../model/notification.ts';
import type { Source } from '../../model/run.ts';
import { findConcerns, undeliveredKey, type FindRemedy } from '../concerns/find-concerns.ts';
import { chooseNews, type News } from './choose-news.ts';

export interface TellDeps {
  readonly concerns: ConcernStore;
  readonly notifications: NotificationStore;
  readonly notifier: Notifier;
  readonly findRemedy: FindRemedy;
  readonly source: Source;
  readonly log: Logger;
}

export interface TellOptions {
  /** This process ends next: it waits for nothing that a later look could do. */
  readonly isLast: boolean;
  /** Aborts: leave off; a later look sends what is news by then. */
  readonly signal: AbortSignal;
}

/** By all processes together. At double, bad news are a minute late. */
const lookEveryMs = 20_000;

/** Between two messages, so that what comes up together is one. DingTalk takes 20 a minute. */
const gatherMs = minuteMs;

/** Before the second attempt, doubled for each further one, up to the longest. */
const firstPauseMs = 30_000;
const longestPauseMs = hourMs;

/** More in one message is read by nobody, and DingTalk takes 20,000 bytes. */
const mostItems = 20;

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
  const isPausing =
    nextAttemptAt !== null && nextAttemptAt > now && isWithin(longestPauseMs, now, attemptedAt);
  if (isPausing) return isLast && errorCode !== 'NOTIFY_THROTTLED';
  return isLast || !isWithin(gatherMs, now, attemptedAt);
}

function pauseAfter(error: AppError, attempts: number): number {
  const ownMs = firstPauseMs * 2 ** Math.min(attempts - 1, 20);
  return Math.min(longestPauseMs, Math.max(ownMs, error.retryAfterMs ?? 0));
}

async function send(deps: TellDeps, news: readonly News[], delivery: DeliveryState, { now, signal }: Moment) {
  const { notifier, notifications, source, log } = deps;
  const items = news.slice(0, mostItems).map(({ item }) => item);
  const more = news.length - items.length;
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
  // From the answer to this line nobody knows that it arrived: a process that dies here leaves it to be sent again.
  await notifications.noteDelivered(news.map(({ item, told }) => ({ concern: item.key, told })));
  log.info({ items: news.length, failedAttempts: delivery.attempts }, 'notification delivered');
}

interface Moment {
  readonly now: Date;
  readonly signal: AbortSignal;
}

async function look(deps: TellDeps, { isLast, signal }: TellOptions): Promise<void> {
  const { notifications, concerns, findRemedy } = deps;
  const facts = await concerns.read();
  const { state, delivery } = facts;
  if (!isLast && isWithin(lookEveryMs, state.now, delivery.lookedAt)) return;
  await notifications.noteLooked();
  const found = findConcerns(facts, findRemedy).filter(
    ({ severity, key }) => severity !== 'note' && key !== undeliveredKey,
  );
  const news = chooseNews(await notifications.merge(found), state.now);
  if (news.length === 0 || !maySend(delivery, state.now, isLast)) return;
  await send(deps, news, delivery, { now: state.now, signal });
}

/**
 * Looks once whether there is something to tell, and sends it as one message. One process does so at a time; false: another
 * one is at it. A receiver that does not take it is tried again by a later look, with what is news by then.
 */
export async function tellNews(deps: TellDeps, options: TellOptions): Promise<boolean> {
  return deps.notifications.exclusively(() => look(deps, options));
}
