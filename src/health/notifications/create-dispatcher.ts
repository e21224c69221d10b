import { sleep, type Clock } from '../../core/clock.ts';
import { toNamedError } from '../../db/database-error.ts';
import { createFanOut } from '../webhook/create-fan-out.ts';
import type { OutageFile } from './outage-file.ts';
import { createOutageNotifier } from './outage-notifier.ts';
import { sendNotifications, type SendDeps } from './send-notifications.ts';

export interface DispatcherOptions extends SendDeps {
  readonly clock: Clock;
  readonly outageFile: OutageFile;
  /** Default: `maxFinishMs`. */
  readonly finishMs?: number;
}

/** Sends notifications in the background: it never fails, and no tick waits for it. */
export interface NotificationDispatcher {
  /** Checks for notifications in the background, if it is time to. */
  wake(): void;
  /** Checks once more when a process ends; waits for a short time. */
  finish(): Promise<void>;
  /** Stops. Idempotent. */
  close(): Promise<void>;
}

/** Of one process; all of them together check as often as `sendNotifications` says. */
const wakeEveryMs = 20_000;

/** Time for one attempt and the statements around it. A cron job must not hang on a receiver. */
const maxFinishMs = 15_000;

/** Time between two checks whether the other sender is done. */
const askAgainMs = 250;

export function createDispatcher({
  clock,
  outageFile,
  finishMs = maxFinishMs,
  ...deps
}: DispatcherOptions): NotificationDispatcher {
  const closed = new AbortController();
  const outages =
    deps.receivers.length === 0
      ? null
      : createOutageNotifier({ ...deps, notifier: createFanOut(deps.receivers), file: outageFile, clock });
  let underWay: Promise<unknown> = Promise.resolve();
  let isBusy = false;
  let lastMs = Number.NEGATIVE_INFINITY;

  const dispatch = async (isLast: boolean, signal: AbortSignal): Promise<boolean> => {
    try {
      const isDone = await sendNotifications(deps, { isLast, signal });
      await outages?.answered(signal);
      return isDone;
    } catch (error) {
      if (signal.aborted) return true;
      const err = toNamedError(error);
      await outages?.failed(err, isLast, signal);
      deps.log.warn({ err, code: err.code }, 'could not check for notifications, trying again');
      return true;
    }
  };

  const wake = () => {
    const nowMs = clock.now().getTime();
    if (isBusy || closed.signal.aborted || Math.abs(nowMs - lastMs) < wakeEveryMs) return;
    lastMs = nowMs;
    isBusy = true;
    underWay = dispatch(false, closed.signal).finally(() => {
      isBusy = false;
    });
  };

  const finish = async () => {
    const over = new AbortController();
    const end = () => over.abort();
    closed.signal.addEventListener('abort', end, { once: true });
    const timer = setTimeout(end, finishMs);
    // What another process sends now may have been read before our run had ended.
    while (!over.signal.aborted && !(await dispatch(true, over.signal))) await sleep(askAgainMs, over.signal);
    clearTimeout(timer);
    closed.signal.removeEventListener('abort', end);
  };

  return {
    wake,
    finish,
    close: async () => {
      closed.abort();
      await underWay;
    },
  };
}
