import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import { applySql, type SqlExecutor } from '../../db/sql-file.ts';
import { forgetOffers } from '../../refresh/update/forget-offers.ts';
import { readSql } from '../read-sql.ts';

/** What is remembered of an erased seller: SHA-256 of its id. */
export function hashSeller(sellerId: string): Buffer {
  return createHash('sha256').update(sellerId).digest();
}

/**
 * Erases what a seller wrote into its offers, and remembers that they are erased. The seller is remembered already.
 * Waits for loads that are at these offers; those that come later find them erased.
 */
export async function eraseOffers(
  client: PoolClient,
  offerIds: readonly string[],
  sellerHash: Buffer,
): Promise<void> {
  if (offerIds.length === 0) return;
  await forgetOffers(client, offerIds);
  await applySql(client, readSql('erase-offers'), [offerIds, sellerHash]);
}

/** Deletes a seller, after all that refers to it, and takes its id out of the changes of offers. */
export async function forgetSeller(executor: SqlExecutor, sellerId: string): Promise<void> {
  await applySql(executor, readSql('forget-seller'), [sellerId]);
}
