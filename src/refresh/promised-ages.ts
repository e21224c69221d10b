import { dayMs, minuteMs } from '../core/duration.ts';

/** A feed of which the sync file promises that no detail is older than `maxAgeMs`. */
export interface PromisedFeed {
  readonly name: string;
  readonly maxAgeMs: number;
  /** Until its next run may begin, in milliseconds; null: nobody knows. */
  readonly nextRunMs: number | null;
}

/** A set of feeds whose offers have a promised age, that of the strictest of them. All in milliseconds. */
export interface PromisedSet {
  readonly feedSet: number;
  readonly maxAgeMs: number;
  /** A detail of this age is due. */
  readonly dueAgeMs: number;
  /** A detail is fetched this often at most. */
  readonly everyMs: number;
}

/**
 * From the begin of a run until it has fetched what is due first. At half, a list of a thousand offers would be late at four calls
 * a second; at double, an hourly run would fetch a list of `max_age: 2h` every time.
 */
export const runLeadMs = 5 * minuteMs;

/**
 * The age from which a detail is due: by the next run it would be too old. Where the runs are further apart than that, from half
 * of the promised age on. A run fetches again what it has fetched only if it lasts longer than half of the promised age.
 *
 * @param runMs since the run began, in milliseconds
 */
export function dueAgeMs({ maxAgeMs, nextRunMs }: Omit<PromisedFeed, 'name'>, runMs: number): number {
  const half = maxAgeMs / 2;
  const leadMs = (nextRunMs ?? Infinity) + runLeadMs;
  return Math.max(leadMs < maxAgeMs ? maxAgeMs - leadMs : half, Math.min(runMs, half));
}

/** The sets among `sets` that have a promised age. */
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

/** What a promise takes. */
export interface AgePromise {
  readonly feed: string;
  readonly offers: number;
  readonly maxAgeMs: number;
  /** Between two runs of the feed at most, in milliseconds; 0: nobody knows. */
  readonly runEveryMs: number;
}

/** A promise that can't be held, and what would be. */
export interface BrokenPromise extends AgePromise {
  /** `runs`: they are too far apart. `calls`: there are too few. */
  readonly cause: 'runs' | 'calls';
  /** The least age that can be held, in whole minutes, if all promises that lack calls are stretched alike; Infinity: none. */
  readonly heldMs: number;
  /** Of details: what all promises together need, and what there is. */
  readonly neededPerDay: number;
  readonly callsPerDay: number;
}

/** How often a detail is fetched by runs at regular times; null: they are too far apart. */
function fetchEveryMs({ maxAgeMs, runEveryMs }: AgePromise): number | null {
  if (maxAgeMs <= runEveryMs + runLeadMs) return null;
  if (runEveryMs === 0) return maxAgeMs - runLeadMs;
  return runEveryMs * Math.max(1, Math.ceil((maxAgeMs - runLeadMs) / runEveryMs - 1));
}

/** Calls a day that promises take; those that runs can't hold take a call of each run. */
export function countPromisedCalls(promises: readonly AgePromise[]): number {
  return promises.reduce(
    (sum, promise) => sum + (promise.offers * dayMs) / (fetchEveryMs(promise) ?? promise.runEveryMs),
    0,
  );
}

const wholeMinutes = (ms: number): number => Math.ceil(ms / minuteMs) * minuteMs;

/** Halvings of the range in which the factor is searched: to a hundred-thousandth of it. */
const halvings = 40;

/** The least factor, 1 at least, by which all ages must be longer, so that the calls suffice; Infinity: none. */
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

/** The promises that can't be held with so many calls of details a day. Pure. */
export function findBrokenPromises(promises: readonly AgePromise[], callsPerDay: number): BrokenPromise[] {
  const reachable = promises.map((one) => ({
    ...one,
    // A minute more than the runs need at least.
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
