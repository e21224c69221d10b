import { setTimeout as delay } from 'node:timers/promises';

/** Where a module gets the time from; always a parameter, so that tests can move it. */
export interface Clock {
  now(): Date;
}

/* eslint-disable-next-line no-restricted-syntax -- the one home of the wall clock */
export const systemClock: Clock = { now: () => new Date() };

/** Resolves after `ms`, or at once (without an error) when `signal` aborts. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(Math.max(0, ms), undefined, { signal });
  } catch {
    // Aborted: the caller checks its signal.
  }
}
