/** Calls that a run takes before its first pages are answered: two choices of them, as `plan-looks.ts` takes them. */
const callsBeforeRows = 256;

/**
 * Details that a run with so few pages asks for before it has seen its rows, which might have made them unnecessary; what
 * they look at is mostly what was looked at the run before.
 */
export function earlyDetails(pages: number): number {
  return Math.max(0, callsBeforeRows - 2 * pages);
}
