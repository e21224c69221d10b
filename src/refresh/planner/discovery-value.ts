import type { ChangeRate } from './change-rate.ts';
import { rateOf } from './change-rate.ts';

/** Arrivals that a window is credited with before it was visited, at the mean rate of all windows. */
const credited = 3;

/**
 * New offers per day of one window, from the new ones that visits saw in the days between them; `meanPerDay` is that of
 * all windows, above 0.
 */
export function arrivalsPerDay(seen: ChangeRate, meanPerDay: number): number {
  const { changes, days } = rateOf({ changes: credited, days: credited / meanPerDay }, seen);
  return changes / days;
}

/**
 * Value of looking for new offers: those of the last `ageDays` are missing half that long on average, each as wrong
 * as an offer of importance `meanWeight` can be. In days of freshness, as `detailValue`.
 */
export function discoveryValue(perDay: number, meanWeight: number, ageDays: number): number {
  return (perDay * meanWeight * ageDays ** 2) / 2;
}
