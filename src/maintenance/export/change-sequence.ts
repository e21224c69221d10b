/**
 * Up to where a consumer has read the changes of a database: all that transactions wrote whose number is below `xid`. Null:
 * nothing, so that it reads everything.
 */
export type ChangeSequence = {
  /** What changes when the database is another one, whose transactions have other numbers: 12 hex digits. */
  readonly epoch: string;
  /** `xid8` of Postgres, in digits. */
  readonly xid: string;
} | null;

/** `3f2a90b1c4d5-815023`; `start` for null. */
export function formatSequence(sequence: ChangeSequence): string {
  return sequence === null ? 'start' : `${sequence.epoch}-${sequence.xid}`;
}

/** What `formatSequence` wrote; undefined when it is something else. */
export function parseSequence(text: string): ChangeSequence | undefined {
  if (text === 'start') return null;
  const [, epoch, xid] = /^([0-9a-f]{12})-([1-9]\d{0,18})$/.exec(text) ?? [];
  return epoch === undefined || xid === undefined ? undefined : { epoch, xid };
}
