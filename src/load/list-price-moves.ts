import type { Pool } from 'pg';
import { runSql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** The price of an offer that moved most. */
export interface PriceMove {
  readonly offerId: string;
  readonly subject: string | null;
  /** The SKU's label; null for a price of the whole offer. */
  readonly label: string | null;
  readonly kind: string;
  readonly minQuantity: number;
  readonly fromCny: string;
  readonly toCny: string;
}

export interface PriceMoves {
  /** Offers of which any price moved. */
  readonly offers: number;
  /** The largest relative moves first. */
  readonly largest: readonly PriceMove[];
}

/** Prices that moved since the first run of a trigger began. */
export async function listPriceMoves(pool: Pool, trigger: string, limit: number): Promise<PriceMoves> {
  const rows = await runSql<{ move: PriceMove; offers: number }>(pool, readSql('list-price-moves'), [
    trigger,
    limit,
  ]);
  return { offers: rows[0]?.offers ?? 0, largest: rows.map(({ move }) => move) };
}
