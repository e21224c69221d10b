import { sleep } from '../core/clock.ts';
import { toAppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { toDatabaseError } from '../db/database-error.ts';
import { createProcessor, type ProcessDeps } from './process-job.ts';
import { jobKinds, type JobKind } from './job-kinds.ts';
import type { Queues } from './queue-backend.ts';

/** Wakes the tick ahead of its timer. */
export interface Wakeup {
  now(): void;
  /** Resolves at the next nudge, or after `ms`. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** A nudge that comes while nobody waits ends the next wait at once. */
export function createWakeup(): Wakeup {
  let isWoken = false;
  let wake: (() => void) | null = null;
  return {
    now: () => {
      isWoken = true;
      wake?.();
    },
    wait: async (ms, signal) => {
      // Not AbortSignal.any(): on a signal that lives as long as the process, it leaves something behind each time.
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

/** At rest; jobs that end call for a tick sooner. At double, a lost heartbeat would be noticed too late. */
const tickEveryMs = 1000;
/** At least this long between two ticks, so that a burst of small jobs does not turn into a burst of ticks. */
const tickPauseMs = 100;

/**
 * Works and ticks in this process until `drain` aborts or `isOver` says so, then lets the jobs in flight
 * finish; `stopNow` ends that wait too. A tick that fails (a database restart) is logged and tried again.
 *
 * @throws AppError whose recovery is `halt`: no later tick would do better
 */
export async function conduct(deps: ConductorDeps, isOver: () => Promise<boolean>): Promise<void> {
  const isStopping = () => deps.drain.aborted;
  // A worker that is closed while it still connects leaves its connections open.
  if (isStopping()) return;
  try {
    for (const kind of jobKinds) {
      deps.queues.work(kind, deps.concurrency[kind], createProcessor(deps.process, kind));
    }
    while (!isStopping()) {
      try {
        await deps.tick();
        if (await isOver()) return;
      } catch (error) {
        const err = toAppError(toDatabaseError(error));
        if (err.recovery === 'halt') throw err;
        deps.log[err.recovery === 'fail' ? 'error' : 'warn']({ err }, 'tick failed, trying again');
      }
      await sleep(tickPauseMs, deps.drain);
      await deps.wake.wait(tickEveryMs - tickPauseMs, deps.drain);
    }
  } finally {
    await Promise.race([deps.queues.stopWorkers(), aborted(deps.stopNow)]);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
