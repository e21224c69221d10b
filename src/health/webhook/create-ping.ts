import { minuteMs } from '../../core/duration.ts';
import { sleep, type Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Secret } from '../../core/secret.ts';
import { notifyErrors } from './errors.ts';
import { judgeAnswer } from './judge-answer.ts';
import { codeOf, sendRequest, within } from './send-request.ts';

/** What a dead man's switch hears: that a sync starts, that it failed, or that all is well. */
export type PingEvent = 'start' | 'success' | 'fail';

/** Sends one ping, again at most once. Never fails: what does not arrive is one warning. */
export type Ping = (event: PingEvent, signal: AbortSignal) => Promise<void>;

/** For a ping with its retry. A `sync` of cron waits for its last one; at half, a slow receiver would seem dead. */
export const pingTimeoutMs = 5000;

/** A receiver that restarts answers again after moments. */
const retryAfterMs = 500;

/** Receivers count in minutes. At double, one that waits for two minutes would raise false alarms. */
const aliveEveryMs = minuteMs;

/** `/start` and `/fail` are behind the path: healthchecks.io and its like know both. */
function addressOf(url: URL, event: PingEvent): URL {
  if (event === 'success') return url;
  const target = new URL(url);
  target.pathname = `${url.pathname.replace(/\/+$/, '')}/${event}`;
  return target;
}

/** What went wrong, without a word of the address or of the answer, which may quote it; null: nothing. */
async function attempt(target: URL, signal: AbortSignal): Promise<AppError | null> {
  try {
    const { httpStatus, retryAfter } = await sendRequest(target, { method: 'GET' }, signal);
    return judgeAnswer('generic', { httpStatus, retryAfter, body: '' }, 0);
  } catch (error) {
    const why = signal.aborted ? 'did not answer in time' : `could not be reached (${codeOf(error)})`;
    return new AppError(notifyErrors.NOTIFY_UNAVAILABLE, `the receiver ${why}`);
  }
}

/** Pings a dead man's switch, which raises an alarm when it hears nothing. */
export function createPing(secretUrl: Secret, log: Logger): Ping {
  const url = new URL(secretUrl.reveal());
  return (event, signal) =>
    within(pingTimeoutMs, signal, async (ended) => {
      const target = addressOf(url, event);
      let problem = await attempt(target, ended);
      if (problem?.recovery === 'retry' && !ended.aborted) {
        await sleep(retryAfterMs, ended);
        problem = await attempt(target, ended);
      }
      if (problem !== null)
        log.warn({ host: url.host, event, reason: problem.message }, 'heartbeat ping failed');
    });
}

/**
 * Gives what a service calls after each tick: it pings once a minute, in the background. A ping that is under way when
 * the process ends is dropped.
 */
export function keepPinging(ping: Ping, clock: Clock): () => void {
  const { signal } = new AbortController();
  let lastMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock.now().getTime();
    // A clock that was set back must not silence it.
    if (Math.abs(nowMs - lastMs) < aliveEveryMs) return;
    lastMs = nowMs;
    void ping('success', signal);
  };
}
