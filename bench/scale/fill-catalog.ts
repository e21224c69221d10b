import { rates } from '../../src/refresh/planner/rate-grid.ts';
import type { Pool } from 'pg';

/** Ids of made-up offers are these, one after the other; the first are those of the cookbook, and so is the largest category. */
export const firstOfferId = 610_947_572_360n;
export const windowsOf = (offers: number) => Math.max(1, Math.round(offers / 50));
const firstLeafId = 1_042_954;
const leaves = 2000;

/* A number from 0 to 1 that follows from a row and a purpose; $1 and $2 are the first and the last row to make. */
const draw = (row: string, purpose: number) =>
  `((hashint8extended(${row}, ${String(purpose)}) & 2147483647) / 2147483648.0)`;

const words = `ARRAY['手机','收纳盒','保温杯','连衣裙','蓝牙耳机','数据线','玩具','毛巾','台灯','背包','雨伞','运动鞋','厨房','不锈钢','儿童','夏季','便携','大容量','防水','创意']`;
const word = (row: string, purpose: number) => `(${words})[1 + floor(${draw(row, purpose)} * 20)::int]`;
/* The word of the cookbook's questions in so great a share of the titles. */
const rareWord = (text: string, share: number, purpose: number) =>
  `CASE WHEN ${draw('i', purpose)} < ${String(share)} THEN '${text}' ELSE ${word('i', purpose + 20)} END`;
/* Stands for the moment of filling: asked for in each statement, or in two places of one, ends of intervals would not meet. */
const now = '@now';

/* The first offers are those of the cookbook's keyword, and observed daily. */
const daily = 200;
/* When offer i was observed for the n-th last time: every one to six days, by its own rhythm. */
const seenAt = (n: string) =>
  `${now} - (${n} + ${draw('i', 16)}) * CASE WHEN i < ${String(daily)} THEN 1 ELSE 1 + 5 * ${draw('i', 22)} END * interval '1 day'`;
/* Of five observations, the fourth last is a search row, the others are details; this is the d-th last detail. */
const detail = (d: string) => `(${d} + (${d} + 1) / 4)`;
/* One offer in forty is known since three observations only, the others for a year or two. */
const firstSeen = `(CASE WHEN i % 40 = 7 THEN 2 ELSE 100 END)`;
const sinceFirst = (n: string) => seenAt(`least(${n}, ${firstSeen})`);
/* The m-th last change of prices: one in three to sixteen details finds one, so that 4 % of the prices change a day. */
const moved = (m: string) => {
  const stride = `(3 + floor(14 * ${draw('i', 23)})::int)`;
  return sinceFirst(detail(`(floor(${stride} * ${draw('i', 24)})::int + ${stride} * (${m}))`));
};
const amount = (m: string) =>
  `round((k.part * (1 + 99 * ${draw('i', 13)}) * (0.85 + 0.3 * ${draw(`i * 16 + ${m}`, 14)}))::numeric, 2)`;
const skuId = (n: string) => `4000000000000 + i * 10 + ${n}`;
/* The prices of an offer that details show, with how many of each have ended: by quantity, or by SKU for one offer in three. */
const detailPrices = `LATERAL (
  SELECT CASE WHEN sku = 0 THEN 0 ELSE ${skuId('sku')} END AS sku_id, kind::catalog.price_kind, min_quantity, part, ended
  FROM (VALUES (false, 0, 'list', 2, 1.0, 3), (false, 0, 'list', 100, 0.9, 3), (false, 0, 'list', 1000, 0.8, 3),
               (false, 0, 'consign', 1, 1.2, 1), (false, 0, 'plus', 2, 0.95, 1),
               (true, 1, 'list', 2, 1.0, 4), (true, 2, 'list', 2, 1.1, 4), (true, 1, 'consign', 1, 1.2, 1),
               (true, 2, 'consign', 1, 1.3, 1), (true, 1, 'plus', 2, 0.95, 1)) p (by_sku, sku, kind, min_quantity, part, ended)
  WHERE by_sku = (i % 3 = 1) AND (kind <> 'plus' OR i % 10 = 3)) k`;
const searchPrice = `(VALUES ('search'::catalog.price_kind, 1.0)) k (kind, part)`;

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
   SELECT ${String(firstLeafId)} + i, 1 + i % 20, 2, (1 + i % 20) || '/' || (${String(firstLeafId)} + i), '类目' || i, 'leaf ' || i, true, ${now}, 1
   FROM generate_series(0, ${String(leaves - 1)}) i`,
];

/* The cookbook's keyword was read every day of a month, four pages deep. */
const reads = `generate_series(0, 29) day, generate_series(0, ${String(daily - 1)}) i,
  LATERAL (SELECT 1 + (i + day * 7) % ${String(daily)} AS place, ${now} - day * interval '1 day' AS at) r`;
const keywordReads = [
  `INSERT INTO catalog.search_hit (window_id, call_id, observed_at, page, rank, offer_id)
   SELECT 1, day * 4 + (place - 1) / 50, at, 1 + (place - 1) / 50, 1 + (place - 1) % 50, ${String(firstOfferId)} + i FROM ${reads}`,
  `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
   SELECT ${String(firstOfferId)} + i, at, 'search', day * 4 + (place - 1) / 50, true, false, at FROM ${reads}`,
];

/** Each makes the rows of offers $1 to $2; what grows with time in the order of time, as it grows. */
const byOffers: Readonly<Record<string, string>> = {
  'catalog.seller': `
    INSERT INTO catalog.seller (seller_id, company_name, trade_medal_level, composite_service_score, repeat_purchase_rate, changed_at, call_id)
    SELECT 'BBB' || i / 100, '义乌市' || ${word('i', 1)} || i / 100 || '有限公司', 1 + i % 5, 2 + 3 * ${draw('i', 2)}, ${draw('i', 3)}, ${now}, i
    FROM generate_series($1::bigint, $2::bigint) i WHERE i % 100 = 0`,
  'catalog.offer': `
    INSERT INTO catalog.offer (offer_id, category_id, seller_id, state, subject, subject_translated, source_status, quote_type,
      unit, min_order_quantity, main_image_url, image_urls, ship_from, source_created_at, content_hash, normalizer_version, changed_at, run_id, call_id)
    SELECT ${String(firstOfferId)} + i, ${String(firstLeafId)} + floor(${String(leaves)} * ${draw('i', 4)} ^ 2)::int, 'BBB' || i / 100,
      CASE WHEN i % 20 = 1 THEN 'delisted' WHEN i % 200 = 9 THEN 'missing' ELSE 'listed' END,
      concat(${word('i', 6)}, ${word('i', 7)}, ${rareWord('纯棉', 0.02, 8)}, ${rareWord('新款', 0.1, 9)}, i), 'made up good number ' || i, 'published', i % 3,
      '个', 2, 'https://cbu01.alicdn.com/img/ibank/' || i || '_0.jpg',
      ARRAY(SELECT 'https://cbu01.alicdn.com/img/ibank/' || i || '_' || n || '.jpg' FROM generate_series(0, 2) n), '浙江', ${now} - interval '300 days',
      sha256(i::text::bytea), 2, ${moved('0')}, 1, i
    FROM generate_series($1::bigint, $2::bigint) i`,
  'catalog.offer_attribute': `
    INSERT INTO catalog.offer_attribute (offer_id, position, attribute_id, name, value)
    SELECT ${String(firstOfferId)} + i, n, n::text, '材质', ${word('i', 11)}
    FROM generate_series($1::bigint, $2::bigint) i, generate_series(0, 3) n`,
  'catalog.sku': `
    INSERT INTO catalog.sku (offer_id, sku_id, state, label, attributes, stock, changed_at, call_id, first_seen_at, first_call_id)
    SELECT ${String(firstOfferId)} + i, ${skuId('n')}, 'listed', '颜色: 红 / 尺码: ' || n, '[{"name": "颜色", "value": "红"}]',
      floor(1000 * ${draw('i', 12)}), ${now}, i,
      CASE WHEN n = 2 AND i % 30 = 3 THEN ${sinceFirst(detail('i / 30 % 4'))} ELSE ${seenAt(firstSeen)} END, i
    FROM generate_series($1::bigint, $2::bigint) i, generate_series(1, 2) n`,
  'catalog.stock_history': `
    INSERT INTO catalog.stock_history (offer_id, sku_id, valid_from, valid_to, stock, call_id, closed_by_call_id)
    SELECT ${String(firstOfferId)} + i, ${skuId('n')}, valid_from, valid_to,
      CASE WHEN ${draw('i * 16 + m', 27)} < 0.05 THEN 0 ELSE floor(1000 * ${draw('i * 16 + m', 28)}) END, i, i
    FROM generate_series($1::bigint, $2::bigint) i, generate_series(1, 2) n, generate_series(0, 2) m,
      LATERAL (SELECT ${sinceFirst(detail('(m + 1)'))} AS valid_from, ${sinceFirst(detail('m'))} AS valid_to) h
    WHERE valid_from < valid_to
    ORDER BY valid_to`,
  'catalog.price': `
    INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
    SELECT ${String(firstOfferId)} + i, k.sku_id, k.kind, k.min_quantity, ${amount('0')}, ${moved('0')}, i
    FROM generate_series($1::bigint, $2::bigint) i, ${detailPrices}
    UNION ALL
    SELECT ${String(firstOfferId)} + i, 0, k.kind, 1, ${amount('0')}, ${sinceFirst('3')}, i
    FROM generate_series($1::bigint, $2::bigint) i, ${searchPrice}`,
  'catalog.price_history': `
    INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, valid_from, valid_to, amount_cny, next_amount_cny, call_id, closed_by_call_id)
    SELECT ${String(firstOfferId)} + i, sku_id, kind, min_quantity, valid_from, valid_to, amount_cny, next_amount_cny, i, i FROM (
      SELECT i, k.sku_id, k.kind, k.min_quantity, ${moved('m + 1')} AS valid_from, ${moved('m')} AS valid_to, ${amount('m + 1')}, ${amount('m')}
      FROM generate_series($1::bigint, $2::bigint) i, ${detailPrices}, generate_series(0, k.ended - 1) m
      UNION ALL
      SELECT i, 0, k.kind, 1, ${sinceFirst('8')}, ${sinceFirst('3')}, ${amount('1')}, ${amount('0')}
      FROM generate_series($1::bigint, $2::bigint) i, ${searchPrice}
    ) h (i, sku_id, kind, min_quantity, valid_from, valid_to, amount_cny, next_amount_cny)
    WHERE valid_from < valid_to
    ORDER BY valid_to`,
  'catalog.observation': `
    INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, min_price_cny, stock, sold_count, month_sold, loaded_at)
    SELECT ${String(firstOfferId)} + i, ${seenAt('n')}, CASE WHEN n % 5 = 3 THEN 'search' ELSE 'detail' END, i * 10 + n, i % 200 <> 9 OR n > 0, false,
      round((1 + 99 * ${draw('i', 13)})::numeric, 2),
      CASE WHEN n % 5 <> 3 THEN CASE WHEN ${draw('i * 16 + n', 12)} < 0.03 THEN 0 ELSE floor(1000 * ${draw('i', 12)} * (0.9 + 0.2 * ${draw('i * 16 + n', 25)})) END END,
      CASE WHEN n % 5 <> 3 THEN 1000 - 10 * n END, CASE WHEN n % 5 = 3 THEN floor(100 * ${draw('i * 16 + n', 26)}) END, ${now}
    FROM generate_series($1::bigint, $2::bigint) i, generate_series(0, CASE WHEN i < ${String(daily)} THEN 39 ELSE 9 END) n
    WHERE n <= ${firstSeen}
    ORDER BY 2`,
  'catalog.search_hit': `
    INSERT INTO catalog.search_hit (window_id, call_id, observed_at, page, rank, offer_id)
    SELECT 1 + i / 50, i * 10 + n, ${seenAt('n')}, 1, 1 + i % 50, ${String(firstOfferId)} + i
    FROM generate_series(greatest($1::bigint, 50), $2::bigint) i, (VALUES (3), (8)) o (n)
    WHERE n <= ${firstSeen}
    ORDER BY 3`,
  'catalog.offer_change': `
    INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
    SELECT ${String(firstOfferId)} + i, c.* FROM generate_series($1::bigint, $2::bigint) i, LATERAL (
      SELECT 'state', NULL, 'listed', ${seenAt(firstSeen)}, i
      UNION ALL SELECT 'subject', '旧', '新', ${sinceFirst(detail(`floor(20 * ${draw('i', 18)})::int`))}, i WHERE i % 40 <> 7
      UNION ALL SELECT 'state', 'listed', 'delisted', ${sinceFirst(detail('(i / 20 % 8)'))}, i WHERE i % 20 = 1
      UNION ALL SELECT 'state', 'listed', 'delisted', ${seenAt(detail('3'))}, i WHERE i % 50 = 5
      UNION ALL SELECT 'state', 'delisted', 'listed', ${seenAt(detail('(i / 50 % 3)'))}, i WHERE i % 50 = 5
      UNION ALL SELECT 'unit', '件', '个', ${seenAt(detail('5'))}, i WHERE i % 500 = 4
    ) c (field, old, new, observed_at, call_id)
    ORDER BY observed_at`,
  'sync.refresh': `
    INSERT INTO sync.refresh (offer_id, first_seen_at, summary_at, summary_call_id, detail_at, detail_call_id, found_at, found_call_id, last_call_id,
      popularity, rate_changes, rate_days, offer_changes, offer_days, price_changes, price_days,
      in_stock_changes, in_stock_days, evidence, is_in_stock, stale_since, stale_by,
      feed_set, bucket, order_at)
    SELECT ${String(firstOfferId)} + i, ${seenAt(firstSeen)}, at, i, at, i, at, i, i,
      popularity, changes, days, 0.1 + changes, 2 + days, 0.1 + 0.7 * changes, 2 + days, 0.1, 2 + days, evidence || evidence || evidence, ${draw('i', 12)} > 0.03, CASE WHEN is_stale THEN at END, CASE WHEN is_stale THEN 'row' END, 1,
      CASE WHEN is_stale THEN -1 - ${bucket} ELSE ${bucket} END, at
    FROM generate_series($1::bigint, $2::bigint) i,
      LATERAL (SELECT ${now} - 60 * ${draw('i', 16)} ^ 2 * interval '1 day' AS at, (1 + 2000 * ${draw('i', 17)} ^ 8) ^ 0.5 AS popularity,
                      CASE WHEN ${draw('i', 18)} < 0.3 THEN 12 * ${draw('i', 19)} ^ 2 ELSE 0 END AS changes,
                      150 * ${draw('i', 20)} AS days, ${draw('i', 21)} < 0.002 AS is_stale) t,
      LATERAL (SELECT array_agg((changes * ln(1 - exp(-rate)) - rate * days)::real) AS evidence
               FROM unnest('{${rates.join()}}'::float8[]) AS r (rate)) known`,
  'sync.search_window': `
    INSERT INTO sync.search_window (feed, keyword, category_id, language, total_records, completed_at, last_outcome)
    SELECT 'all', CASE WHEN i = 0 THEN '纯棉' ELSE 'w' || i / 50 END, 0, 'en', 50, ${now}, 'complete'
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
 * Fills a migrated database with made-up offers: eleven closed price intervals each, five current prices, two SKUs, ten
 * observations within two months, a window of searches for every fifty. Prices, stock, SKUs and states moved lately, at times
 * that observations have, so that every question of the cookbook about the catalog has an answer.
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
  for (const statement of keywordReads) await write(statement);
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
