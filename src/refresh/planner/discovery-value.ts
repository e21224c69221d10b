import type { ChangeRate } from './change-rate.ts';
import { rateOf } from './change-rate.ts';

/** Arrivals credited to a window before its first visit, at the mean rate of all windows. */
const credited = 3;

/**
 * New offers per day of one window. `seen`: the new offers that visits saw, and the days between the visits. `meanPerDay`: the mean of
 * all windows, above 0.
 */
export function arrivalsPerDay(seen: ChangeRate, meanPerDay: number): number {
  const { changes, days } = rateOf({ changes: credited, days: credited / meanPerDay }, seen);
  return changes / days;
}

/**
 * Value of searching for new offers, in days of freshness, as `detailValue`: the offers of the last `ageDays` have been missing for half
 * that time on average, each as wrong as an offer of importance `meanWeight` can be.
 */
export function discoveryValue(perDay: number, meanWeight: number, ageDays: number): number {
  return (perDay * meanWeight * ageDays ** 2) / 2;
}
