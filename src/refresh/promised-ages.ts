import { dayMs, minuteMs } from '../core/duration.ts';

/** A feed for which the sync file promises that no detail is older than `maxAgeMs`. */
export interface PromisedFeed {
  readonly name: string;
  readonly maxAgeMs: number;
  /** Time until its next run may begin, in milliseconds; null: unknown. */
  readonly nextRunMs: number | null;
}

/** A set of feeds whose offers have a promised age: that of the strictest feed. All times in milliseconds. */
export interface PromisedSet {
  readonly feedSet: number;
  readonly maxAgeMs: number;
  /** Age from which a detail is due. */
  readonly dueAgeMs: number;
  /** Shortest time between two fetches of a detail. */
  readonly everyMs: number;
}

/**
 * Time from the start of a run until it has fetched what is due first. At half, a list of a thousand offers would be late at four calls a
 * second; at double, an hourly run would fetch a list with `max_age: 2h` every time.
 */
export const runLeadMs = 5 * minuteMs;

/**
 * Age from which a detail is due, because it would be too old by the next run. If runs are too far apart for that: half of the promised
 * age. A run fetches the same detail twice only if it lasts longer than half of the promised age.
 *
 * @param runMs time since the run began, in milliseconds
 */
export function dueAgeMs({ maxAgeMs, nextRunMs }: Omit<PromisedFeed, 'name'>, runMs: number): number {
  const half = maxAgeMs / 2;
  const leadMs = (nextRunMs ?? Infinity) + runLeadMs;
  return Math.max(leadMs < maxAgeMs ? maxAgeMs - leadMs : half, Math.min(runMs, half));
}

/** The sets in `sets` that have a promised age. */
export function toPromisedSets(
  sets: readonly { readonly feedSet: number; readonly feeds: readonly string[] }[],
  promised: readonly PromisedFeed[],
  runMs: number,
): PromisedSet[] {
  return sets.flatMap(({ feedSet, feeds }) => {
    const own = promised.filter(({ name }) => feeds.includes(name));
    if (own.length === 0) return [];
    const maxAgeMs = Math.min(...own.map((feed) => feed.maxAgeMs));
    const dueMs = Math.min(...own.map((feed) => dueAgeMs(feed, runMs)));
    return [{ feedSet, maxAgeMs, dueAgeMs: dueMs, everyMs: Math.max(dueMs, maxAgeMs / 2) }];
  });
}

/** The terms of a promised age. */
export interface AgePromise {
  readonly feed: string;
  readonly offers: number;
  readonly maxAgeMs: number;
  /** Longest time between two runs of the feed, in milliseconds; 0: unknown. */
  readonly runEveryMs: number;
}

/** A promise that cannot be kept, and the age that can. */
export interface BrokenPromise extends AgePromise {
  /** `runs`: runs are too far apart. `calls`: there are too few calls. */
  readonly cause: 'runs' | 'calls';
  /**
   * The lowest age that can be kept, in whole minutes, if all promises that lack calls are stretched by the same factor; Infinity: none.
   */
  readonly heldMs: number;
  /** Detail calls per day that all promises together need. `callsPerDay`: those available. */
  readonly neededPerDay: number;
  readonly callsPerDay: number;
}

/** Time between two fetches of a detail by runs at regular times; null: runs are too far apart. */
function fetchEveryMs({ maxAgeMs, runEveryMs }: AgePromise): number | null {
  if (maxAgeMs <= runEveryMs + runLeadMs) return null;
  if (runEveryMs === 0) return maxAgeMs - runLeadMs;
  return runEveryMs * Math.max(1, Math.ceil((maxAgeMs - runLeadMs) / runEveryMs - 1));
}

/** Calls per day that promises take. A promise that the runs cannot keep takes one call per offer and run. */
export function countPromisedCalls(promises: readonly AgePromise[]): number {
  return promises.reduce(
    (sum, promise) => sum + (promise.offers * dayMs) / (fetchEveryMs(promise) ?? promise.runEveryMs),
    0,
  );
}

const wholeMinutes = (ms: number): number => Math.ceil(ms / minuteMs) * minuteMs;

/** Number of halvings of the range in which the factor is searched, for an accuracy of a hundred-thousandth. */
const halvings = 40;

/** The lowest factor, at least 1, by which all ages must be longer for the calls to suffice; Infinity: none. */
function findStretch(promises: readonly AgePromise[], callsPerDay: number): number {
  const fits = (by: number) =>
    countPromisedCalls(promises.map((one) => ({ ...one, maxAgeMs: one.maxAgeMs * by }))) <= callsPerDay;
  if (fits(1)) return 1;
  let [low, high] = [1, 2];
  while (!fits(high)) {
    high *= 2;
    if (high > 1e9) return Infinity;
  }
  for (let step = 0; step < halvings; step += 1) {
    const middle = (low + high) / 2;
    if (fits(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The promises that cannot be kept with this many detail calls per day. Pure. */
export function findBrokenPromises(promises: readonly AgePromise[], callsPerDay: number): BrokenPromise[] {
  const reachable = promises.map((one) => ({
    ...one,
    // One minute more than the runs need.
    maxAgeMs: Math.max(one.maxAgeMs, one.runEveryMs + runLeadMs + minuteMs),
  }));
  const stretch = findStretch(reachable, callsPerDay);
  const neededPerDay = countPromisedCalls(promises);
  return promises.flatMap((promise, index) => {
    const cause = fetchEveryMs(promise) === null ? 'runs' : 'calls';
    const heldMs = wholeMinutes((reachable[index] ?? promise).maxAgeMs * stretch);
    if (promise.offers === 0 || (cause === 'calls' && stretch === 1)) return [];
    return [{ ...promise, cause, heldMs, neededPerDay, callsPerDay }];
  });
}
