import { findLeast } from './find-least.ts';

/** Ages in days that a forecast distinguishes. */
const [youngest, oldest] = [1e-3, 1e6];

/** Of some copies alike, the part that is at most so old, from 0 to 1. */
export interface CopyAges {
  readonly copies: number;
  shareYounger(ageDays: number): number;
}

/** The age, in days, that a share of all copies is at most; Infinity: there are none, or too many never change. */
export function ageQuantile(parts: readonly CopyAges[], share: number): number {
  const wanted = share * parts.reduce((sum, { copies }) => sum + copies, 0);
  const younger = (ageDays: number) =>
    parts.reduce((sum, part) => sum + part.copies * part.shareYounger(ageDays), 0);
  if (wanted === 0 || younger(oldest) < wanted) return Infinity;
  return findLeast((ageDays) => younger(ageDays) >= wanted, [youngest, oldest]);
}
