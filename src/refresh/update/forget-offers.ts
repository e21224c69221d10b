import { inArray } from 'drizzle-orm';
import type { PoolClient } from 'pg';
import { drizzleOn } from '../../db/database.ts';
import { applySql, type SqlExecutor } from '../../db/sql-file.ts';
import { refresh } from '../../schema/planner.ts';
import { readSql } from '../read-sql.ts';

/** Locks offers until the transaction ends, and fetches them no more. */
export async function forgetOffers(client: PoolClient, offerIds: readonly string[]): Promise<void> {
  await applySql(client, readSql('lock-offers'), [offerIds]);
  await drizzleOn(client)
    .delete(refresh)
    .where(inArray(refresh.offerId, [...offerIds]));
}

/** Takes a seller's id out of the search windows for its offers, and ends them for good. */
export async function forgetSellerWindows(executor: SqlExecutor, sellerId: string): Promise<void> {
  await applySql(executor, readSql('forget-seller-windows'), [sellerId]);
}
