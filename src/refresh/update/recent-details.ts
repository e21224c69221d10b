import type { RecentDetails } from '../../model/learning.ts';

/**
 * Weight of an answer relative to the next one: the last twenty count for nearly all. At half as many, a few offers that end on one day
 * would look like a failing gateway; at twice as many, a batch of empty answers would be believed.
 */
const kept = 0.95;

/** With fewer empty details, nothing is concluded. */
const minEmpty = 5;

/** Weight of earlier answers after this many details; after 500, next to nothing. */
export function keptAfter(details: number): number {
  return kept ** Math.min(details, 500);
}

export function afterDetails(before: RecentDetails, { found, empty }: RecentDetails): RecentDetails {
  const rest = keptAfter(found + empty);
  return { found: before.found * rest + found, empty: before.empty * rest + empty };
}

/** Whether half of the last details were empty. Not one offer in thirty ends in a night, so the gateway must be failing. */
export function isDetailSuspect({ found, empty }: RecentDetails): boolean {
  return empty >= minEmpty && empty >= found;
}
