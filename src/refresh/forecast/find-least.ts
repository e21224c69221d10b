/**
 * The least value between two positive bounds for which `isEnough` holds; it must hold for all larger values. The upper bound, if it
 * holds for none. Fifty halvings, by factors: between bounds of 18 digits to a part in 10^13.
 */
export function findLeast(
  isEnough: (value: number) => boolean,
  [from, to]: readonly [number, number],
): number {
  let [low, high] = [from, to];
  for (let step = 0; step < 50; step += 1) {
    const middle = Math.sqrt(low * high);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
