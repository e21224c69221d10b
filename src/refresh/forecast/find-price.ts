/** Prices that no call is below or above, in days of freshness of an offer of mean importance. */
const [cheapest, dearest] = [1e-9, 1e9];

/**
 * The least price of a call at which no more are bought than `room`, where `callsAt` falls as the price rises; 0 when
 * there is room for all of them.
 */
export function findPrice(callsAt: (price: number) => number, room: number): number {
  if (callsAt(0) <= room) return 0;
  let [low, high] = [cheapest, dearest];
  for (let step = 0; step < 50; step += 1) {
    const middle = Math.sqrt(low * high);
    if (callsAt(middle) > room) low = middle;
    else high = middle;
  }
  return high;
}
