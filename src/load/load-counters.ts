import type { PoolClient } from 'pg';
import { readSql } from './read-sql.ts';

/** Offers and prices that a load has touched, by id, so that one offer counts once. */
export interface LoadCounters {
  readonly seen: Set<string>;
  readonly added: Set<string>;
  readonly changed: Set<string>;
  /** Known from search rows only until now: neither new nor changed. */
  readonly completed: Set<string>;
  pricesOpened: number;
  /** How many prices ended, by offer. */
  readonly pricesClosed: Map<string, number>;
}

export function createLoadCounters(): LoadCounters {
  return {
    seen: new Set(),
    added: new Set(),
    changed: new Set(),
    completed: new Set(),
    pricesOpened: 0,
    pricesClosed: new Map(),
  };
}

export interface WrittenOffer {
  readonly offer_id: string;
  readonly is_new: boolean;
}

export function countOffers(counters: LoadCounters, written: readonly WrittenOffer[]): void {
  for (const { offer_id: id, is_new: isNew } of written) (isNew ? counters.added : counters.changed).add(id);
}

/** An answer whose prices are to be merged. It is complete for its kinds, but for what of it can't be read. */
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

/** Prices that hold on, for all that is known: null stands for any SKU, and for any quantity. */
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

/**
 * Closes and opens prices; the offers must be locked, and each have one answer. Gives the offers of which any did.
 */
export async function mergePrices(
  client: PoolClient,
  answers: readonly PriceAnswer[],
  { prices, unread }: OfferPriceRows,
  counters: LoadCounters,
): Promise<Set<string>> {
  if (answers.length === 0) return new Set();
  const { rows } = await client.query<{ offer_id: string; opened: number; closed: number }>(
    readSql('merge-prices'),
    [JSON.stringify(answers), JSON.stringify(prices), JSON.stringify(unread)],
  );
  for (const row of rows) {
    counters.changed.add(row.offer_id);
    counters.pricesOpened += row.opened;
    counters.pricesClosed.set(row.offer_id, (counters.pricesClosed.get(row.offer_id) ?? 0) + row.closed);
  }
  return new Set(rows.map((row) => row.offer_id));
}
