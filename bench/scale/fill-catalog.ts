import type { Pool } from 'pg';

/** Ids of made-up offers are these, one after the other. */
export const firstOfferId = 600_000_000_000n;
export const windowsOf = (offers: number) => Math.max(1, Math.round(offers / 50));
const leaves = 2000;

/* A number from 0 to 1 that follows from a row and a purpose; $1 and $2 are the first and the last row to make. */
const draw = (row: string, purpose: number) =>
  `((hashint8extended(${row}, ${String(purpose)}) & 2147483647) / 2147483648.0)`;

const words = `ARRAY['手机','收纳盒','保温杯','连衣裙','蓝牙耳机','数据线','玩具','毛巾','台灯','背包','雨伞','运动鞋','厨房','不锈钢','儿童','夏季','便携','大容量','防水','创意']`;
const word = (row: string, purpose: number) => `(${words})[1 + floor(${draw(row, purpose)} * 20)::int]`;
/* Stands for the moment of filling: asked for in each statement, or in two places of one, ends of intervals would not meet. */
const now = '@now';

async function createWriter(
  pool: Pool,
): Promise<(statement: string, params?: readonly unknown[]) => Promise<unknown>> {
  const { rows } = await pool.query<{ now: Date }>('SELECT usage.ledger_now() AS now');
  const moment = `'${rows[0]?.now.toISOString() ?? ''}'::timestamptz`;
  return (statement, params = []) => pool.query(statement.replaceAll(now, moment), [...params]);
}

/* The planner's bucket, as src/refresh/planner/bucket.ts has it. */
const bucket = `(((64 + round(ln(popularity) / 0.4)) * 128 + 64 + round(ln(0.2 + changes) / 0.35)) * 128 + 64 + round(ln(10 + days) / 0.4))::int`;

const feeds = [
  `INSERT INTO sync.feed_set (feeds) VALUES ('{all}')`,
  `INSERT INTO sync.feed (feed, offers, assigned_at) VALUES ('all', 0, ${now})`,
];

const once = [
  ...feeds,
  `INSERT INTO catalog.category (category_id, parent_id, level, path, name_zh, name_translated, is_leaf, first_seen_at, call_id)
   SELECT i, NULL, 1, i::text, '类目' || i, 'root ' || i, false, ${now}, 1 FROM generate_series(1, 20) i`,
  `INSERT INTO catalog.category (category_id, parent_id, level, path, name_zh, name_translated, is_leaf, first_seen_at, call_id)
   SELECT 1000 + i, 1 + i % 20, 2, (1 + i % 20) || '/' || (1000 + i), '类目' || i, 'leaf ' || i, true, ${now}, 1
   FROM generate_series(0, ${String(leaves - 1)}) i`,
];

/** Each makes the rows of offers $1 to $2. */
const byOffers: Readonly<Record<string, string>> = {
  'catalog.seller': `
    INSERT INTO catalog.seller (seller_id, company_name, trade_medal_level, composite_service_score, repeat_purchase_rate, changed_at, call_id)
    SELECT 'BBB' || i / 100, '义乌市' || ${word('i', 1)} || i / 100 || '有限公司', 1 + i % 5, 2 + 3 * ${draw('i', 2)}, ${draw('i', 3)}, ${now}, i
    FROM generate_series($1::bigint, $2::bigint) i WHERE i % 100 = 0`,
  'catalog.offer': `
    INSERT INTO catalog.offer (offer_id, category_id, seller_id, state, subject, subject_translated, source_status, quote_type,
      unit, min_order_quantity, main_image_url, ship_from, source_created_at, content_hash, normalizer_version, changed_at, run_id, call_id)
    SELECT ${String(firstOfferId)} + i, 1000 + floor(${String(leaves)} * ${draw('i', 4)} ^ 2)::int, 'BBB' || i / 100,
      CASE WHEN ${draw('i', 5)} < 0.95 THEN 'listed' ELSE 'delisted' END,
      concat(${[6, 7, 8, 9].map((purpose) => word('i', purpose)).join(', ')}, i), 'made up good number ' || i, 'published', i % 3,
      '个', 1 + i % 5, 'https://cbu01.alicdn.com/img/ibank/' || i || '.jpg', '浙江', ${now} - interval '300 days',
      sha256(i::text::bytea), 2, ${now} - interval '1 day' * floor(60 * ${draw('i', 10)}), 1, i
    FROM generate_series($1::bigint, $2::bigint) i`,
  'catalog.offer_image': `
    INSERT INTO catalog.offer_image (offer_id, kind, position, url)
    SELECT ${String(firstOfferId)} + i, 'main', n, 'https://cbu01.alicdn.com/img/ibank/' || i || '_' || n || '.jpg'
    FROM generate_series($1::bigint, $2::bigint) i, generate_series(0, 2) n`,
  'catalog.offer_attribute': `
    INSERT INTO catalog.offer_attribute (offer_id, position, attribute_id, name, value)
    SELECT ${String(firstOfferId)} + i, n, n::text, '材质', ${word('i', 11)}
    FROM generate_series($1::bigint, $2::bigint) i, generate_series(0, 3) n`,
  'catalog.sku': `
    INSERT INTO catalog.sku (offer_id, sku_id, state, label, attributes, stock, changed_at, call_id)
    SELECT ${String(firstOfferId)} + i, 4000000000000 + i * 10 + n, 'listed', '颜色: 红 / 尺码: ' || n, '[{"name": "颜色", "value": "红"}]',
      floor(1000 * ${draw('i', 12)}), ${now}, i
    FROM generate_series($1::bigint, $2::bigint) i, generate_series(1, 2) n`,
  'catalog.price': `
    INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
    SELECT ${String(firstOfferId)} + i, 0, k.kind, k.min_quantity, round((k.part * (1 + 99 * ${draw('i', 13)}))::numeric, 2), ${now} - interval '19 days', i
    FROM generate_series($1::bigint, $2::bigint) i,
      (VALUES ('list', 2, 1.0), ('list', 100, 0.9), ('list', 1000, 0.8), ('consign', 1, 1.2), ('search', 1, 1.0)) k (kind, min_quantity, part)`,
  'catalog.price_history': `
    INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, valid_from, valid_to, amount_cny, call_id, closed_by_call_id)
    SELECT ${String(firstOfferId)} + i, 0, 'list', 2, ${now} - interval '20 days' * (n + 1) - at.day * interval '1 day',
      ${now} - interval '20 days' * n - at.day * interval '1 day', round((1 + 99 * ${draw('i * 10 + n', 14)})::numeric, 2), i, i
    FROM generate_series($1::bigint, $2::bigint) i, generate_series(1, 10) n, LATERAL (SELECT floor(20 * ${draw('i', 15)}) AS day) at`,
  'catalog.observation': `
    INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, min_price_cny, stock, sold_count, month_sold, raw_id, run_id, loaded_at)
    SELECT ${String(firstOfferId)} + i, ${now} - interval '10 days' * n - ${draw('i', 16)} * interval '1 day', 'detail', i * 10 + n, true, false,
      round((1 + 99 * ${draw('i', 13)})::numeric, 2), 100, 1000 - 10 * n, 10, i, 1, ${now}
    FROM generate_series($1::bigint, $2::bigint) i, generate_series(0, 4) n`,
  'catalog.search_hit': `
    INSERT INTO catalog.search_hit (window_id, call_id, observed_at, page, rank, feed, keyword, category_id, offer_id)
    SELECT 1 + i / 50, i, ${now} - ${draw('i', 17)} * interval '20 days', 1, 1 + i % 50, 'all', '', 1000, ${String(firstOfferId)} + i
    FROM generate_series($1::bigint, $2::bigint) i`,
  'catalog.offer_change': `
    INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
    SELECT ${String(firstOfferId)} + i, 'subject', '旧', '新', ${now} - ${draw('i', 18)} * interval '60 days', i
    FROM generate_series($1::bigint, $2::bigint) i`,
  'sync.refresh': `
    INSERT INTO sync.refresh (offer_id, first_seen_at, summary_at, summary_call_id, detail_at, detail_call_id, found_at, found_call_id, last_call_id,
      popularity, rate_changes, rate_days, stale_since, stale_by, feed_set, bucket, order_at)
    SELECT ${String(firstOfferId)} + i, ${now} - interval '200 days', at, i, at, i, at, i, i,
      popularity, changes, days, CASE WHEN is_stale THEN at END, CASE WHEN is_stale THEN 'row' END, 1,
      CASE WHEN is_stale THEN -1 - ${bucket} ELSE ${bucket} END, at
    FROM generate_series($1::bigint, $2::bigint) i,
      LATERAL (SELECT ${now} - 60 * ${draw('i', 16)} ^ 2 * interval '1 day' AS at, (1 + 2000 * ${draw('i', 17)} ^ 8) ^ 0.5 AS popularity,
                      CASE WHEN ${draw('i', 18)} < 0.3 THEN 12 * ${draw('i', 19)} ^ 2 ELSE 0 END AS changes,
                      150 * ${draw('i', 20)} AS days, ${draw('i', 21)} < 0.002 AS is_stale) t`,
  'sync.search_window': `
    INSERT INTO sync.search_window (feed, keyword, category_id, language, total_records, completed_at, last_outcome)
    SELECT 'all', 'w' || i / 50, 1000 + i % ${String(leaves)}, 'en', 50, ${now}, 'complete'
    FROM generate_series($1::bigint, $2::bigint) i WHERE i % 50 = 0`,
  'sync.window_offer': `
    INSERT INTO sync.window_offer (window_id, offer_id, first_seen_at, last_seen_at)
    SELECT 1 + i / 50, ${String(firstOfferId)} + i, ${now} - interval '200 days', ${now}
    FROM generate_series($1::bigint, $2::bigint) i`,
};

/** Tables whose rows grow with the offers. */
export const grownTables = Object.keys(byOffers);

const chunk = 100_000;

export interface FillOptions {
  readonly offers: number;
  readonly onProgress: (made: number) => void;
}

/**
 * Fills a migrated database with made-up offers: ten closed price intervals each over 200 days, five current prices, two
 * SKUs, five looks, a window of searches for every fifty.
 */
export async function fillCatalog(pool: Pool, { offers, onProgress }: FillOptions): Promise<void> {
  const write = await createWriter(pool);
  await write(`SELECT sync.ensure_partitions(${now} - interval '3 months', 7)`);
  for (const statement of once) await write(statement);
  for (let first = 0; first < offers; first += chunk) {
    const last = Math.min(first + chunk, offers) - 1;
    for (const statement of Object.values(byOffers)) await write(statement, [first, last]);
    onProgress(last + 1);
  }
  await pool.query('VACUUM (ANALYZE)');
}

/** Fills a migrated database with what the planner knows of made-up offers, and nothing else. */
export async function fillRefresh(
  pool: Pool,
  offers: number,
  onProgress: (made: number) => void,
): Promise<void> {
  const { rows } = await pool.query<{ definition: string }>(
    `SELECT pg_get_indexdef('sync.refresh_queue'::regclass) AS definition`,
  );
  // Ten million entries one by one take longer than all at once.
  await pool.query('DROP INDEX sync.refresh_queue');
  const write = await createWriter(pool);
  for (const statement of feeds) await write(statement);
  for (let first = 0; first < offers; first += chunk) {
    const last = Math.min(first + chunk, offers) - 1;
    await write(byOffers['sync.refresh'] ?? '', [first, last]);
    onProgress(last + 1);
  }
  await pool.query(rows[0]?.definition ?? '');
  await pool.query('VACUUM (ANALYZE) sync.refresh');
}
