/** Changes of a figure that rows did not show, and how many there would be if they showed none. */
export interface HiddenChanges {
  readonly changes: number;
  readonly expected: number;
}

/**
 * Three of a hundred, with the confidence of ten changes: rows show prices, and the date of nearly any change. At none, what is never
 * fetched again is taken for right. Where hints take all details, little more is learned of it.
 */
const first: HiddenChanges = { changes: 0.3, expected: 10 };

/** The share of the changes of a figure that search rows say nothing of, from 0 to 1. */
export function hiddenShareOf({ changes, expected }: HiddenChanges): number {
  return Math.min(1, (first.changes + changes) / (first.expected + expected));
}
