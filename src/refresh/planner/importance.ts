import type { SearchRow } from '../../model/records.ts';

/** Bounds of an importance whose mean is 1: below, an offer starves; above, one offer outbids a whole page. */
const min = 0.05;
const max = 50;

/**
 * How much an offer's freshness matters before it is compared with others: the root of its monthly sales, so that
 * ten times the sales count three times, times what feed and watch list say. `monthSold` null: not known, as none.
 */
export function rawImportance({ monthSold }: Pick<SearchRow, 'monthSold'>, multiplier: number): number {
  return Math.sqrt(1 + Math.max(0, monthSold ?? 0)) * multiplier;
}

/** The importance in the value of calls: 1 for the mean of all offers, from 0.05 to 50. */
export function importance(raw: number, meanRaw: number): number {
  return Math.min(max, Math.max(min, raw / meanRaw));
}
