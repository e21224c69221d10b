import type { SearchRow } from '../../model/records.ts';

/** Bounds of an importance whose mean is 1. Below, an offer is never fetched; above, one offer outbids a whole page. */
const min = 0.05;
const max = 50;

/**
 * Importance of an offer before it is scaled: the root of its monthly sales, so that ten times the sales count about three times,
 * multiplied by the weights of its feed and watch list. `monthSold` null: unknown, counts as none.
 */
export function rawImportance({ monthSold }: Pick<SearchRow, 'monthSold'>, multiplier: number): number {
  return Math.sqrt(1 + Math.max(0, monthSold ?? 0)) * multiplier;
}

/** Importance as the values of calls use it: 1 for the mean of all offers, from 0.05 to 50. */
export function importance(raw: number, meanRaw: number): number {
  return Math.min(max, Math.max(min, raw / meanRaw));
}
