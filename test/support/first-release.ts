import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createLogger } from '../../src/core/log.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** Makes fields unread that a version which reads less leaves empty: of offers, SKUs and sellers, and prices of search rows. */
const forget = `
  UPDATE catalog.offer
  SET shipping_time_guarantee = NULL, tags = NULL, is_mix_allowed = NULL, mix_amount_cny = NULL, mix_quantity = NULL, cargo_number = NULL,
      seller_identities = NULL, offer_identities = NULL, is_patent_product = NULL, normalizer_version = 1,
      content_hash = CASE WHEN content_hash IS NOT NULL THEN '\\x00'::bytea END;
  UPDATE catalog.sku
  SET weight_g = NULL, weight_source = NULL, length_mm = NULL, width_mm = NULL, height_mm = NULL, size_source = NULL;
  UPDATE catalog.sku_history
  SET weight_g = NULL, weight_source = NULL, length_mm = NULL, width_mm = NULL, height_mm = NULL, size_source = NULL;
  UPDATE catalog.seller SET trade_medal = NULL, pickup_48h_rate = NULL, quality_refund_rate = NULL, identities = NULL;
  UPDATE catalog.seller_history SET trade_medal = NULL, pickup_48h_rate = NULL, quality_refund_rate = NULL, identities = NULL;
  UPDATE catalog.observation SET repurchase_rate = NULL, pickup_48h_rate = NULL, quality_refund_rate = NULL;
  DELETE FROM catalog.price WHERE kind::text LIKE 'search\\_%';
  DELETE FROM catalog.price_history WHERE kind::text LIKE 'search\\_%';
  UPDATE raw.payload SET normalizer_version = 1 WHERE normalizer_version IS NOT NULL;
`;

/** A database that the first release filled, migrated since. */
export async function createFirstReleaseDatabase(): Promise<TestDatabase> {
  const db = await createTestDatabase({ migrated: false });
  const dump = readFileSync(new URL('../fixtures/first-release.sql.gz', import.meta.url));
  const client = await db.pool.connect();
  await client.query(gunzipSync(dump).toString());
  client.release(true);
  await migrate({ connectionString: db.url, log: createLogger({ level: 'silent', pretty: false }) });
  return db;
}

/** The same, with less read in its stored answers than today's code reads. */
export async function createPartlyReadDatabase(): Promise<TestDatabase> {
  const db = await createFirstReleaseDatabase();
  await db.pool.query(forget);
  return db;
}
