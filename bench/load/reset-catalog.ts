import type { Pool } from 'pg';

/**
 * Takes everything that answers about offers made away, as if none had been loaded; categories, windows, calls and stored
 * answers stay. The statistics and the size of the tables are those of new ones.
 */
export async function resetCatalog(pool: Pool): Promise<void> {
  await pool.query(`TRUNCATE catalog.offer, catalog.seller, catalog.sku, catalog.sku_history, catalog.stock_history, catalog.seller_history, catalog.price, catalog.price_history,
    catalog.offer_attribute, catalog.observation, catalog.offer_change, catalog.search_hit,
    sync.refresh, sync.seller_observation, sync.window_offer, sync.quarantine, sync.drift`);
  await pool.query(`UPDATE sync.search_window
    SET next_page = 1, rows_seen = 0, pass_started_at = NULL, completed_at = NULL, last_outcome = NULL,
        total_records = NULL, last_call_id = NULL`);
  await pool.query('UPDATE raw.payload SET loaded_at = NULL');
  // What came before is not to be paid for by what is measured next.
  await pool.query('VACUUM raw.payload, sync.search_window, usage.api_call');
  await pool.query('CHECKPOINT');
}
