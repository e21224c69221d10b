import { sleep, type Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';

/** How often a count is taken: it may take a hundredth of the time. At a tenth of it, a page of a large catalog is an hour old. */
const restPerWork = 100;

/** A page waits this long for a count; it should not take longer. */
const patienceMs = 200;

/** There is nothing to show before the first count. At double, people think that the page is broken. */
const firstPatienceMs = 2000;

/** A count of something large. */
export interface Counted<T> {
  /** The newest count, almost at once; null: the first one is still in progress, or failed. */
  get(): Promise<T | null>;
}

export interface CountedParts<T> {
  readonly clock: Clock;
  readonly log: Logger;
  readonly count: () => Promise<T>;
}

/**
 * Takes a count that may take minutes: at most one at a time, only on request, and rests a hundred times as long as it
 * took. Requests meanwhile get the previous count. So a small count is current, and a large one is returned at once.
 */
export function keepCounted<T>({ clock, log, count }: CountedParts<T>): Counted<T> {
  let last: { readonly value: T; readonly goodUntilMs: number } | null = null;
  let underWay: Promise<void> | null = null;

  async function take(): Promise<void> {
    const beganMs = clock.now().getTime();
    try {
      const value = await count();
      const endedMs = clock.now().getTime();
      last = { value, goodUntilMs: endedMs + restPerWork * (endedMs - beganMs) };
    } catch (err) {
      log.warn({ err }, 'the catalog could not be counted');
    } finally {
      underWay = null;
    }
  }

  return {
    get: async () => {
      if (last !== null && clock.now().getTime() < last.goodUntilMs) return last.value;
      underWay ??= take();
      const over = new AbortController();
      await Promise.race([underWay, sleep(last === null ? firstPatienceMs : patienceMs, over.signal)]);
      over.abort();
      return last?.value ?? null;
    },
  };
}
