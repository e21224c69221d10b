import type { Pool } from 'pg';
import { runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

export interface PriceAudit {
  /** Offers that were fetched. */
  readonly offers: number;
  /** Those of them with price intervals that overlap. There must be none. */
  readonly overlapping: readonly string[];
}

/** A price interval, and when the next one of its key begins: before it ends. */
interface Overlap {
  readonly offerId: string;
  readonly skuId: string;
  readonly kind: string;
  readonly minQuantity: number;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly nextFrom: Date;
}

/**
 * Places at which offers are picked, ten at each. It reads their intervals by index, a fraction of a second at any
 * size of the history; at ten times as many, `doctor` would be slow.
 */
const places = 200;

/** Checks whether the price intervals of some 2,000 offers, picked at random, overlap. */
export async function auditPrices(pool: Pool): Promise<PriceAudit> {
  const sample = await runSql<{ offerId: string }>(pool, readSql('sample-offers'), [places]);
  const ids = sample.map(({ offerId }) => offerId);
  const found = await runSql<Overlap>(pool, readSql('audit-price-overlaps'), [ids]);
  return { offers: ids.length, overlapping: [...new Set(found.map(({ offerId }) => offerId))] };
}
