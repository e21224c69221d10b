import type { PoolClient } from 'pg';
import { runSql } from '../db/sql-file.ts';
import type { ObservationKey } from '../refresh/update/offer-freshness.ts';
import { readSql } from './read-sql.ts';

/** An answer whose prices are merged. It is complete for its kinds, except for what cannot be read. */
export interface PriceAnswer {
  readonly offer_id: string;
  readonly call_id: string;
  readonly at: Date;
  readonly is_search: boolean;
}

export interface PriceRow {
  readonly offer_id: string;
  readonly sku_id: string;
  readonly kind: string;
  readonly min_quantity: number;
  readonly amount_cny: string;
}

/** Prices that continue because they could not be read; null stands for any SKU, and for any quantity. */
export interface UnreadPriceRow {
  readonly offer_id: string;
  readonly sku_id: string | null;
  readonly kind: string;
  readonly min_quantity: number | null;
}

export interface OfferPriceRows {
  readonly prices: readonly PriceRow[];
  readonly unread: readonly UnreadPriceRow[];
}

/** The number of prices of an offer that an answer opened and closed. */
export interface PriceChange {
  readonly offer_id: string;
  readonly opened: number;
  readonly closed: number;
  /** Whether any of them is not a `search_...` price, which says nothing of the list price. */
  readonly is_quote_changed: boolean;
}

/** Closes and opens prices. The offers must be locked, and have one answer each. Returns the offers of which a price changed. */
export async function mergePrices(
  client: PoolClient,
  answers: readonly PriceAnswer[],
  { prices, unread }: OfferPriceRows,
): Promise<PriceChange[]> {
  if (answers.length === 0) return [];
  return runSql<PriceChange>(client, readSql('merge-prices'), [
    JSON.stringify(answers),
    JSON.stringify(prices),
    JSON.stringify(unread),
  ]);
}

/** An answer about an offer that came after newer ones, or that is read again. */
export interface LateAnswer {
  readonly offerId: string;
  readonly key: ObservationKey;
  /** Null: it was empty. */
  readonly prices: readonly PriceRow[] | null;
}
