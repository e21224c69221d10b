import { errorMessage } from '../core/errors.ts';
import { sleep } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { createProcessor, type ProcessDeps } from './process-job.ts';
import { jobKinds, type JobKind } from './job-kinds.ts';
import type { Queues } from './queue-backend.ts';

/** Wakes the tick ahead of its timer. */
export interface Nudge {
  now(): void;
  /** Resolves at the next nudge, or after `ms`. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createNudge(): Nudge {
  let wake = new AbortController();
  return {
    now: () => {
      wake.abort();
    },
    wait: async (ms, signal) => {
      await sleep(ms, AbortSignal.any([wake.signal, signal]));
      if (wake.signal.aborted) wake = new AbortController();
    },
  };
}

export interface ConductorDeps {
  readonly queues: Queues;
  readonly process: ProcessDeps;
  readonly tick: () => Promise<void>;
  readonly nudge: Nudge;
  readonly concurrency: Readonly<Record<JobKind, number>>;
  readonly log: Logger;
  /** Aborted: plan nothing more. */
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
 */
export async function conduct(deps: ConductorDeps, isOver: () => Promise<boolean>): Promise<void> {
  for (const kind of jobKinds) {
    deps.queues.work(kind, deps.concurrency[kind], createProcessor(deps.process, kind));
  }
  try {
    while (!deps.drain.aborted) {
      try {
        await deps.tick();
        if (await isOver()) return;
      } catch (err) {
        deps.log.warn({ err, reason: errorMessage(err) }, 'tick failed, trying again');
      }
      await sleep(tickPauseMs, deps.drain);
      await deps.nudge.wait(tickEveryMs - tickPauseMs, deps.drain);
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
