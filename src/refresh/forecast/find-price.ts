import { findLeast } from './find-least.ts';

/** Prices that no call is below or above, in days of freshness of an offer of mean importance. */
const prices = [1e-9, 1e9] as const;

/**
 * The lowest price of a call at which at most `room` calls are made; `callsAt` falls as the price rises. 0 when there is room for all of
 * them.
 */
export function findPrice(callsAt: (price: number) => number, room: number): number {
  if (callsAt(0) <= room) return 0;
  return findLeast((price) => callsAt(price) <= room, prices);
}
