import { readSql } from './read-sql.ts';
import type { LoadContext } from './load-context.ts';
import type { OfferFreshness } from '../refresh/update/offer-freshness.ts';
import { toOfferRow, type RowObservation } from './search-rows.ts';
import { countOffers, type LoadCounters, type WrittenOffer } from './load-counters.ts';
import { runSql } from '../db/sql-file.ts';

interface WrittenRow extends WrittenOffer {
  readonly is_date_moved: boolean;
}

export interface RowMerge {
  readonly context: LoadContext;
  readonly counters: LoadCounters;
  /** Updated with every row. */
  readonly freshness: Map<string, OfferFreshness>;
}

/** Writes what rows, the newest of their offers, show. */
export async function mergeRows(
  { context, counters, freshness }: RowMerge,
  newest: readonly RowObservation[],
): Promise<Set<string>> {
  const rows = await runSql<WrittenRow>(context.client, readSql('merge-search-rows'), [
    JSON.stringify(newest.map((observation) => toOfferRow(observation, freshness))),
  ]);
  countOffers(counters, rows);
  return new Set(rows.filter((row) => row.is_date_moved).map((row) => row.offer_id));
}
