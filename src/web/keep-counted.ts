import { sleep, type Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';

/** How often a count is taken: it may take a hundredth of the time. At a tenth of it, a page of a large catalog is an hour old. */
const restPerWork = 100;

/** A page waits this long for a count; it should not take longer. */
const patienceMs = 200;

/** There is nothing to show before the first count, and nothing right after a change. At double, people think that the page is broken. */
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
  /** Changes when a count may have become wrong; cheap. */
  readonly readMark: () => Promise<string>;
  /** Cheap enough to be counted again whenever the mark changes. */
  readonly isSmall: (value: T) => boolean;
}

interface Taken<T> {
  readonly value: T;
  readonly goodUntilMs: number;
  /** As it was before the count, so that what changed meanwhile is counted again. */
  readonly mark: string;
}

/**
 * Takes a count that may take minutes: at most one at a time, only on request, and rests a hundred times as long as it
 * took. Requests meanwhile get the previous count. So a small count is current, and a large one is returned at once. A
 * small one is also taken again as soon as its mark has changed, and waited for.
 */
export function keepCounted<T>(parts: CountedParts<T>): Counted<T> {
  const { clock, log, count, readMark, isSmall } = parts;
  let last: Taken<T> | null = null;
  let underWay: Promise<void> | null = null;

  async function take(): Promise<void> {
    const beganMs = clock.now().getTime();
    try {
      const [mark, value] = await Promise.all([readMark(), count()]);
      const endedMs = clock.now().getTime();
      last = { value, mark, goodUntilMs: endedMs + restPerWork * (endedMs - beganMs) };
    } catch (err) {
      log.warn({ err }, 'the catalog could not be counted');
    } finally {
      underWay = null;
    }
  }

  const isOutdated = async ({ value, mark }: Taken<T>): Promise<boolean> =>
    isSmall(value) && (await readMark()) !== mark;

  return {
    get: async () => {
      const kept = last;
      const isChanged = kept !== null && (await isOutdated(kept));
      if (kept !== null && !isChanged && clock.now().getTime() < kept.goodUntilMs) return kept.value;
      underWay ??= take();
      const over = new AbortController();
      const waitsMs = kept === null || isChanged ? firstPatienceMs : patienceMs;
      await Promise.race([underWay, sleep(waitsMs, over.signal)]);
      over.abort();
      return last?.value ?? null;
    },
  };
}
