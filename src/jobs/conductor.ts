import { sleep } from '../core/clock.ts';
import type { AppError } from '../core/errors.ts';
import { unlessAborted } from '../core/lifecycle.ts';
import type { Logger } from '../core/log.ts';
import { toNamedError } from '../db/database-error.ts';
import { createProcessor, type ProcessDeps } from './process-job.ts';
import { jobKinds, type JobKind } from './job-kinds.ts';
import type { Queues } from './queue-backend.ts';

/** Wakes the tick ahead of its timer. */
export interface Wakeup {
  now(): void;
  /** Resolves at the next call of `now`, or after `ms`. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** A call of `now` while nobody waits ends the next wait at once. */
export function createWakeup(): Wakeup {
  let isWoken = false;
  let wake: (() => void) | null = null;
  return {
    now: () => {
      isWoken = true;
      wake?.();
    },
    wait: async (ms, signal) => {
      // Not AbortSignal.any(): on a signal that lives as long as the process, it leaks something at each call.
      const woken = new AbortController();
      const end = () => woken.abort();
      wake = end;
      signal.addEventListener('abort', end, { once: true });
      if (!isWoken && !signal.aborted) await sleep(ms, woken.signal);
      signal.removeEventListener('abort', end);
      wake = null;
      isWoken = false;
    },
  };
}

export interface ConductorDeps {
  readonly queues: Queues;
  readonly process: ProcessDeps;
  readonly tick: () => Promise<void>;
  readonly wake: Wakeup;
  readonly concurrency: Readonly<Record<JobKind, number>>;
  readonly log: Logger;
  /** Aborted: queue nothing more. */
  readonly drain: AbortSignal;
  readonly stopNow: AbortSignal;
}

/** Interval at rest; jobs that end trigger an earlier tick. At double, a lost heartbeat would be noticed too late. */
const tickEveryMs = 1000;
/** Minimum time between two ticks, so that a burst of small jobs does not cause a burst of ticks. */
const tickPauseMs = 100;

/**
 * Works and ticks in this process until `drain` aborts or `isOver` says so, then lets the jobs in flight
 * finish; `stopNow` ends that wait too. A tick that fails (a database restart) is logged and tried again.
 *
 * @returns why the last tick failed; null: it did not
 * @throws AppError whose recovery is `halt`: no later tick would do better
 */
export async function conduct(deps: ConductorDeps, isOver: () => Promise<boolean>): Promise<AppError | null> {
  const { drain, stopNow } = deps;
  const isStopping = () => drain.aborted;
  let trouble: AppError | null = null;
  // A worker that is closed while it connects leaves its connections open.
  if (isStopping()) return trouble;
  const tickAndAsk = async () => {
    await deps.tick();
    const isEnd = await isOver();
    trouble = null;
    return isEnd;
  };
  try {
    for (const kind of jobKinds) {
      deps.queues.work(kind, deps.concurrency[kind], createProcessor(deps.process, kind));
    }
    for (;;) {
      try {
        if (await unlessAborted(stopNow, tickAndAsk(), () => true)) return trouble;
      } catch (error) {
        trouble = toNamedError(error);
        if (trouble.recovery === 'halt') throw trouble;
        deps.log[trouble.recovery === 'fail' ? 'error' : 'warn'](
          { err: trouble },
          'tick failed, trying again',
        );
      }
      await sleep(tickPauseMs, drain);
      await deps.wake.wait(tickEveryMs - tickPauseMs, drain);
      if (isStopping()) return trouble;
    }
  } finally {
    await unlessAborted(stopNow, deps.queues.stopWorkers(), () => undefined);
  }
}
