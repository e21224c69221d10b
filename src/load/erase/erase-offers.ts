import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import { applySql, type SqlExecutor } from '../../db/sql-file.ts';
import { forgetOffers } from '../../refresh/update/forget-offers.ts';
import { readSql } from '../read-sql.ts';

/** What is stored of an erased seller: SHA-256 of its id. */
export function hashSeller(sellerId: string): Buffer {
  return createHash('sha256').update(sellerId).digest();
}

/**
 * Erases what a seller wrote into its offers, and records these as erased. The seller must already be recorded. Waits for loads of these
 * offers; later loads find them erased.
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

/** Deletes a seller, after everything that refers to it, and removes its id from the changes of offers. */
export async function forgetSeller(executor: SqlExecutor, sellerId: string): Promise<void> {
  await applySql(executor, readSql('forget-seller'), [sellerId]);
}
