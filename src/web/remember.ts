import type { Clock } from '../core/clock.ts';

/** A remembered result. */
export interface Remembered<T> {
  get(): Promise<T>;
  /** The next request computes it again. */
  forget(): void;
}

/**
 * Does expensive work at most once per period, for any number of requests: requests meanwhile get the same result. A
 * failure is not remembered.
 */
export function remember<T>(clock: Clock, forMs: number, work: () => Promise<T>): Remembered<T> {
  let kept: { readonly atMs: number; readonly result: Promise<T> } | null = null;
  const get = () => {
    const nowMs = clock.now().getTime();
    if (kept !== null && nowMs - kept.atMs < forMs) return kept.result;
    const result = work();
    const mine = { atMs: nowMs, result };
    kept = mine;
    result.catch(() => {
      if (kept === mine) kept = null;
    });
    return result;
  };
  return {
    get,
    forget: () => {
      kept = null;
    },
  };
}
