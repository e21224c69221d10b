/** Changes of a figure that rows did not show, and how many were expected if rows showed none. */
export interface HiddenChanges {
  readonly changes: number;
  readonly expected: number;
}

/**
 * The prior: three of a hundred, with the confidence of ten changes, because rows show prices, and the date of nearly any change. With a
 * prior of none, offers that are never fetched again would count as right. Where hints use up all detail calls, little more is learned of
 * this share.
 */
const first: HiddenChanges = { changes: 0.3, expected: 10 };

/** Share of the changes of a figure that search rows do not show, from 0 to 1. */
export function hiddenShareOf({ changes, expected }: HiddenChanges): number {
  return Math.min(1, (first.changes + changes) / (first.expected + expected));
}
