/**
 * How many rows a list of so many records may lack because it moved while it was read: 5 %, and three of a short one.
 * A moving ranking loses about 0.4 % of a pass (the sandbox's). At half, a busy day would seem a broken search; at
 * double, a page that is missing from a list of 500 would not be noticed.
 */
export function driftRows(records: number): number {
  return Math.max(3, Math.floor(records * 0.05));
}
