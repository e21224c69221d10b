import type { Pool } from 'pg';
import { readSql } from '../sql-file.ts';

/** What the catalog holds, in the words of the tables. */
export interface CatalogSize {
  readonly categories: number;
  readonly offers: number;
  readonly skus: number;
  readonly prices: number;
  readonly history: number;
}

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

interface MoveRow {
  readonly offer_id: string;
  readonly subject: string | null;
  readonly label: string | null;
  readonly kind: string;
  readonly min_quantity: number;
  readonly from_cny: string;
  readonly to_cny: string;
}

/** How much the catalog holds. */
export async function readCatalogSize(pool: Pool): Promise<CatalogSize> {
  const { rows } = await pool.query<Record<keyof CatalogSize, string>>(
    `SELECT (SELECT count(*) FROM catalog.category) AS categories, (SELECT count(*) FROM catalog.offer) AS offers,
            (SELECT count(*) FROM catalog.sku) AS skus, (SELECT count(*) FROM catalog.price) AS prices,
            (SELECT count(*) FROM catalog.price_history) AS history`,
  );
  const row = rows[0] ?? { categories: 0, offers: 0, skus: 0, prices: 0, history: 0 };
  return {
    categories: Number(row.categories),
    offers: Number(row.offers),
    skus: Number(row.skus),
    prices: Number(row.prices),
    history: Number(row.history),
  };
}

/** Prices that moved at or after a time, the largest relative moves first. */
export async function listPriceMoves(pool: Pool, since: Date, limit: number): Promise<PriceMove[]> {
  const { rows } = await pool.query<MoveRow>(readSql('list-price-moves'), [since, limit]);
  return rows.map((row) => ({
    offerId: row.offer_id,
    subject: row.subject,
    label: row.label,
    kind: row.kind,
    minQuantity: row.min_quantity,
    fromCny: row.from_cny,
    toCny: row.to_cny,
  }));
}
