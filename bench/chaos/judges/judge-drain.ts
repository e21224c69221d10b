import type { Breach } from '../evidence.ts';

/** What the database says of work that is not over. */
export interface OpenWork {
  readonly openRuns: number;
  readonly openCalls: number;
  /** Status of the run that ended last, of those that began since a time; null: none did. */
  readonly lastStatus: string | null;
}

/** A run is open, or a call is in flight. */
export const isUnderWay = ({ openRuns, openCalls }: OpenWork): boolean => openRuns + openCalls > 0;

/** Undisturbed and without limits, all work comes to an end in time, and the last run succeeds. */
export function judgeDrain(work: OpenWork, maxMs: number): Breach[] {
  if (!isUnderWay(work) && work.lastStatus === 'succeeded') return [];
  const what = `work is not over after ${Math.round(maxMs / 1000)} s: ${work.openRuns} open runs, ${work.openCalls} open calls, the last run ended ${work.lastStatus ?? 'never'}`;
  return [{ judge: 'drain', what, callIds: [] }];
}
