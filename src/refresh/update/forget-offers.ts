import { inArray } from 'drizzle-orm';
import type { PoolClient } from 'pg';
import { drizzleOn } from '../../db/database.ts';
import { applySql, type SqlExecutor } from '../../db/sql-file.ts';
import { refresh } from '../../schema/planner.ts';
import { readSql } from '../read-sql.ts';

/** Locks offers until the transaction ends, and never fetches them again. */
export async function forgetOffers(client: PoolClient, offerIds: readonly string[]): Promise<void> {
  await applySql(client, readSql('lock-offers'), [offerIds]);
  await drizzleOn(client)
    .delete(refresh)
    .where(inArray(refresh.offerId, [...offerIds]));
}

/** Removes a seller's id from the search windows of its shop, retires them, and forgets whether it repriced. */
export async function forgetShop(executor: SqlExecutor, sellerId: string): Promise<void> {
  await applySql(executor, readSql('forget-seller-windows'), [sellerId]);
  await applySql(executor, readSql('forget-shop-suspicion'), [sellerId]);
}
