import { sleep, type Clock } from '../../core/clock.ts';
import { toAppError } from '../../core/errors.ts';
import { toDatabaseError } from '../../load/database-error.ts';
import { tellNews, type TellDeps } from './tell-news.ts';

export interface TellerOptions extends TellDeps {
  readonly clock: Clock;
  /** Default: `longestFinishMs`. */
  readonly finishMs?: number;
}

/** Tells people what is new, beside the work: it never fails, and no tick waits for it. */
export interface Teller {
  /** Looks for news in the background, if it is time to. */
  nudge(): void;
  /** Looks once more, for a process that ends; waits for it, but not for long. */
  finish(): Promise<void>;
  /** Leaves off. Idempotent. */
  close(): Promise<void>;
}

/** Of one process; all of them together look as often as `tellNews` says. */
const nudgeEveryMs = 20_000;

/** Time for one attempt and the statements around it. A cron job must not hang on a receiver. */
const longestFinishMs = 15_000;

/** Until the process that sends right now is asked again whether it is done. */
const askAgainMs = 250;

export function createTeller({ clock, finishMs = longestFinishMs, ...deps }: TellerOptions): Teller {
  const closed = new AbortController();
  let underWay: Promise<unknown> = Promise.resolve();
  let isBusy = false;
  let lastMs = Number.NEGATIVE_INFINITY;

  const tell = async (isLast: boolean, signal: AbortSignal): Promise<boolean> => {
    try {
      return await tellNews(deps, { isLast, signal });
    } catch (error) {
      if (signal.aborted) return true;
      const err = toAppError(toDatabaseError(error));
      deps.log.warn({ err, code: err.code }, 'could not look for something to tell, trying again');
      return true;
    }
  };

  const nudge = () => {
    const nowMs = clock.now().getTime();
    if (isBusy || closed.signal.aborted || Math.abs(nowMs - lastMs) < nudgeEveryMs) return;
    lastMs = nowMs;
    isBusy = true;
    underWay = tell(false, closed.signal).finally(() => {
      isBusy = false;
    });
  };

  const finish = async () => {
    const over = new AbortController();
    const end = () => over.abort();
    closed.signal.addEventListener('abort', end, { once: true });
    const timer = setTimeout(end, finishMs);
    // What another process sends now may have been read before our run had ended.
    while (!over.signal.aborted && !(await tell(true, over.signal))) await sleep(askAgainMs, over.signal);
    clearTimeout(timer);
    closed.signal.removeEventListener('abort', end);
  };

  return {
    nudge,
    finish,
    close: async () => {
      closed.abort();
      await underWay;
    },
  };
}
