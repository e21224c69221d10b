/**
 * Steps from one event to the next, at least 1, when every step has the same chance of an event.
 *
 * @param unit drawn from 0 up to, not including, 1
 * @param rate chance of an event in a step; 0: there is none, ever
 */
export function gapOf(unit: number, rate: number): number {
  if (rate >= 1) return 1;
  return rate <= 0 ? Infinity : 1 + Math.floor(Math.log(1 - unit) / Math.log(1 - rate));
}
