/**
 * Number of rows that a list of this many records may lack because it moved while it was read: 5 %, at least three. A moving ranking
 * loses about 0.4 % of a pass (measured on the sandbox). At half, a busy day would seem a broken search; at double, a page missing from a
 * list of 500 would not be noticed.
 */
export function driftRows(records: number): number {
  return Math.max(3, Math.floor(records * 0.05));
}
