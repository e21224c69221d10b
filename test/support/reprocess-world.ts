import type { Pool } from 'pg';
import { readAgain } from '../../src/jobs/normalize-and-load.ts';
import { reprocess } from '../../src/maintenance/reprocess/reprocess.ts';
import { openReprocess } from '../../src/maintenance/reprocess/reprocess-store.ts';
import { noCounts, type ReprocessCounts, type ReprocessSelection } from '../../src/model/reprocess.ts';
import { normalizerVersion } from '../../src/transform/normalize-answer.ts';
import { learn } from '../../src/refresh/learn.ts';

export const everything: ReprocessSelection = {
  operation: null,
  offerId: null,
  since: null,
  isQuarantined: false,
  olderThanVersion: null,
};

/** What `catalog-sync reprocess` counts, applied or not. */
export async function runReprocess(
  pool: Pool,
  isApplied: boolean,
  selection: Partial<ReprocessSelection> = {},
): Promise<ReprocessCounts> {
  const chosen = { ...everything, ...selection };
  const work = await openReprocess({
    pool,
    selection: chosen,
    normalizerVersion,
    learn,
    isApplied,
    read: readAgain,
  });
  try {
    const signal = new AbortController().signal;
    const result = await reprocess(work, chosen, { signal, onProgress: () => undefined });
    return result?.counts ?? noCounts;
  } finally {
    await work.release();
  }
}

/** The counts of a reprocess that read so many answers and found nothing to change. */
export const unchanged = (answers: number): ReprocessCounts => ({ ...noCounts, answers });

const tables = {
  'catalog.category': 'category_id',
  'catalog.seller': 'seller_id',
  'catalog.offer': 'offer_id',
  'catalog.offer_attribute': 'offer_id, position',
  'catalog.sku': 'offer_id, sku_id',
  'catalog.sku_history': 'offer_id, sku_id, valid_from, call_id',
  'catalog.stock_history': 'offer_id, sku_id, valid_from, call_id',
  'catalog.seller_history': 'seller_id, valid_from, call_id',
  'catalog.price': 'offer_id, sku_id, kind, min_quantity',
  'catalog.price_history': 'offer_id, sku_id, kind, min_quantity, valid_from',
  'catalog.observation': 'offer_id, observed_at, call_id',
  'catalog.offer_change': 'change_id',
  'catalog.search_hit': 'window_id, call_id, rank',
  'sync.refresh': 'offer_id',
  'sync.search_window': 'window_id',
  'sync.window_offer': 'window_id, offer_id',
  'sync.category_visit': 'category_id',
  'sync.seller_observation': 'seller_id',
  'sync.quarantine': 'quarantine_id',
  'sync.drift': 'operation, path, kind',
  'raw.payload': 'raw_id',
} as const;

/** Every row of the catalog and of the tables around it, as text; `without` tables. */
export async function dumpCatalog(
  pool: Pool,
  without: readonly (keyof typeof tables)[] = [],
): Promise<Record<string, string[]>> {
  const dump: Record<string, string[]> = {};
  for (const [table, order] of Object.entries(tables)) {
    if (without.includes(table as keyof typeof tables)) continue;
    const { rows } = await pool.query<{ row: string }>(
      `SELECT t::text AS row FROM ${table} t ORDER BY ${order}`,
    );
    dump[table] = rows.map(({ row }) => row);
  }
  return dump;
}
