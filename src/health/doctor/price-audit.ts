import type { Pool } from 'pg';
import { readSql } from '../read-sql.ts';

export interface PriceAudit {
  /** Offers that were looked at. */
  readonly offers: number;
  /** Those of them with price intervals that overlap. There must be none. */
  readonly overlapping: readonly string[];
}

/**
 * Places at which offers are picked, ten at each. It reads their intervals by index, a fraction of a second at any
 * size of the history; at ten times as many, `doctor` would be waited for.
 */
const places = 200;

/** Looks whether the price intervals of some 2,000 offers, picked at random, overlap. */
export async function auditPrices(pool: Pool): Promise<PriceAudit> {
  const sample = await pool.query<{ offer_id: string }>(readSql('sample-offers'), [places]);
  const ids = sample.rows.map((row) => row.offer_id);
  const found = await pool.query<{ offer_id: string }>(readSql('audit-price-overlaps'), [ids]);
  return { offers: ids.length, overlapping: [...new Set(found.rows.map((row) => row.offer_id))] };
}
