import type { RecentDetails } from '../../model/learning.ts';

/**
 * What an answer weighs next to the one after it: the last twenty count for nearly all. At half as many, a few offers that
 * end on one day would look like a gateway that fails; at twice as many, a batch of empty answers would be believed.
 */
const kept = 0.95;

/** Fewer empty details than this say nothing. */
const minEmpty = 5;

/** What answers before weigh after so many details; after 500, next to nothing. */
export function keptAfter(details: number): number {
  return kept ** Math.min(details, 500);
}

export function afterDetails(before: RecentDetails, { found, empty }: RecentDetails): RecentDetails {
  const rest = keptAfter(found + empty);
  return { found: before.found * rest + found, empty: before.empty * rest + empty };
}

/** Whether half of the last details were empty: not one offer in thirty ends in a night, so that it is the gateway. */
export function isDetailSuspect({ found, empty }: RecentDetails): boolean {
  return empty >= minEmpty && empty >= found;
}
