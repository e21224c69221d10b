import type { Run } from '../model/run.ts';
import { toPromisedSets, type PromisedFeed, type PromisedSet } from '../refresh/promised-ages.ts';
import type { RefreshQueue } from '../refresh/queue/refresh-queue.ts';
import type { FetchKind } from './fetch-kinds.ts';
import { sinceBeginMs } from './job-kinds.ts';

/** What runs may still spend of a limit that counts details, until a day ends. */
export interface Allowance {
  /** Kinds that share it. */
  readonly kinds: readonly FetchKind[];
  readonly spendable: number;
  readonly dayEndsAt: Date;
}

/** Calls of kinds that share a limit, and that neither promised ages need nor the run has taken. */
export interface Spare {
  readonly kinds: readonly FetchKind[];
  readonly calls: number;
}

export interface PromisedDetailsDeps {
  readonly refreshQueue: Pick<RefreshQueue, 'listFeedSets' | 'countPromisedCalls'>;
  readonly listAllowances: () => Promise<readonly Allowance[]>;
}

/** All sets of feeds whose details have a promised age, as they apply to a run. */
export async function listPromisedSets(
  { refreshQueue }: PromisedDetailsDeps,
  promised: readonly PromisedFeed[],
  moment: { readonly run: Pick<Run, 'startedAt'>; readonly now: Date },
): Promise<(PromisedSet & { readonly feeds: readonly string[] })[]> {
  if (promised.length === 0) return [];
  const sets = await refreshQueue.listFeedSets(promised.map(({ name }) => name));
  const feedsOf = new Map(sets.map(({ feedSet, feeds }) => [feedSet, feeds]));
  return toPromisedSets(sets, promised, sinceBeginMs(moment)).map((set) => ({
    ...set,
    feeds: feedsOf.get(set.feedSet) ?? [],
  }));
}

/**
 * What the promised ages leave of each limit for calls chosen by their value, until the day of the limit ends. Jobs run side by side: if
 * more were requested than a limit has left, less valuable calls would take some of it.
 *
 * @param taken calls that the run has taken; the ledger may not know of them yet
 */
export async function readSpare(
  { refreshQueue, listAllowances }: PromisedDetailsDeps,
  sets: readonly PromisedSet[],
  taken: number,
): Promise<Spare[]> {
  const spare: Spare[] = [];
  for (const { kinds, spendable, dayEndsAt } of await listAllowances()) {
    const promised =
      sets.length === 0 ? 0 : await refreshQueue.countPromisedCalls(sets, dayEndsAt, spendable);
    spare.push({ kinds, calls: spendable - promised - taken });
  }
  return spare;
}

/** The calls, in order, that fit into what is spare of every limit. */
export function keepSpared<Call>(
  calls: readonly Call[],
  kindOf: (call: Call) => FetchKind,
  spare: readonly Spare[],
): Call[] {
  const left = spare.map(({ kinds, calls: count }) => ({ kinds, count }));
  return calls.filter((call) => {
    const met = left.filter(({ kinds }) => kinds.includes(kindOf(call)));
    if (met.some(({ count }) => count < 1)) return false;
    for (const one of met) one.count -= 1;
    return true;
  });
}
