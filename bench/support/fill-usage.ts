import type { Pool } from 'pg';

const benchApis = [
  'com.alibaba.product:alibaba.category.get:1',
  'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1',
  'com.alibaba.fenxiao.crossborder:product.search.offerRecommend:1',
  'com.alibaba.fenxiao.crossborder:product.search.imageQuery:1',
  'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1',
] as const;

/** Five APIs that are each used up every day by a business account: the densest that 1688 approves. */
const callsPerDay = 50_000;
const callsPerRun = 12_500;
/** One search in ten is read in four parts. */
const searches = 500;

const limits = `
INSERT INTO usage.quota_limit (app_key, api, period_kind, call_limit, source, is_assumed, valid_from, created_at)
SELECT 'bench', api, kind, call_limit, 'configured', false, '-infinity', usage.ledger_now() - $2::int * interval '1 day'
FROM unnest($1::text[]) api
CROSS JOIN (VALUES ('day', 10000), ('month', 300000)) l (kind, call_limit)`;

const periods = `
INSERT INTO usage.quota_period (app_key, api, period_kind, starts_at, ends_at, call_limit, granted)
SELECT l.app_key, l.api, l.period_kind, s.starts_at, s.ends_at, l.call_limit, 0
FROM usage.quota_limit l
CROSS JOIN LATERAL (
  SELECT t AT TIME ZONE l.zone AS starts_at, (t + ('1 ' || l.period_kind)::interval) AT TIME ZONE l.zone AS ends_at
  FROM generate_series(date_trunc(l.period_kind, l.created_at AT TIME ZONE l.zone),
                       usage.ledger_now() AT TIME ZONE l.zone, ('1 ' || l.period_kind)::interval) t
) s`;

const runs = `
INSERT INTO sync.run (scope, trigger, source, status, feeds, budget_calls, calls_used, requested_at, started_at, ended_at, forecast)
SELECT 'all', 'nightly', 'live', 'succeeded', '["all"]', $2::int, $2::int, at, at, at + interval '5 hours',
       jsonb_build_object('calls', jsonb_build_object('search.keyword', $2::int / 5, 'offer.detail', $2::int / 4))
FROM generate_series(0, $1::int - 1) i
CROSS JOIN LATERAL (SELECT usage.ledger_now() - ($1::int - i) * interval '6 hours' AS at) t`;

const whole = `
INSERT INTO sync.search_window (feed, keyword, category_id, language, total_records, last_reach, last_new, last_changed,
  completed_at, full_pass_at, last_outcome, is_split)
SELECT 'bench', 'usage ' || i, 0, 'en', 100 + 37 * (i % 90), least(2000, 90 + 37 * (i % 90)), i % 5, i % 9, usage.ledger_now(),
       usage.ledger_now(), CASE WHEN i % 10 = 0 THEN 'split' WHEN i % 10 = 3 THEN 'capped' ELSE 'complete' END, i % 10 = 0
FROM generate_series(0, ${searches - 1}) i
RETURNING window_id`;

const parts = `
INSERT INTO sync.search_window (feed, keyword, category_id, language, price_min_cny, price_max_cny, total_records, last_reach, last_new,
  last_changed, completed_at, full_pass_at, last_outcome, parent_window_id)
SELECT feed, keyword, category_id, language, 10 * n, 10 * n + 9.99, 900, 900, n, n, completed_at, full_pass_at, 'complete', window_id
FROM sync.search_window, generate_series(0, 3) n
WHERE feed = 'bench' AND is_split`;

/* Calls $1 to $2 of $3 in all, evenly spread up to now; one in fifty fails in one way or another. */
const calls = `
INSERT INTO usage.api_call (call_id, granted_at, app_key, api, operation, request, request_hash, lane, run_id, job_id,
  window_id, is_exempt, quota_period_ids, state, send_at, send_by, sent_at, settled_at, outcome, gateway_code, http_status,
  latency_ms, response_bytes, rows_loaded, offers_new, offers_completed, offers_changed, prices_changed, raw_id)
SELECT i, at, 'bench', ($4::text[])[1 + i % 5],
       (ARRAY['category.children', 'search.keyword', 'search.seller', 'search.image', 'offer.detail'])[1 + i % 5],
       jsonb_build_object('operation', 'offer.detail', 'offerId', (600000000000 + i)::text, 'language', 'en'),
       sha256(i::text::bytea), 'refresh', 1 + i / ${callsPerRun}, format('%s-d%s', 1 + i / ${callsPerRun}, i),
       CASE WHEN i % 5 IN (1, 2, 3) THEN $5::bigint + i % ${searches} END, false,
       ARRAY[i % 1000, i % 7], state, at, at + interval '15 s', at + interval '20 ms', at + interval '800 ms',
       outcome, gateway_code,
       CASE WHEN state = 'committed' THEN 200 END,
       CASE WHEN state = 'committed' THEN 300 + (i * 7919) % 900 END,
       CASE WHEN state = 'committed' THEN 2000 + (i * 104729) % 60000 END,
       CASE WHEN outcome = 'ok' THEN i % 50 END,
       CASE WHEN outcome = 'ok' THEN (i % 7 = 0)::int END,
       CASE WHEN outcome = 'ok' THEN (i % 3 = 0)::int END,
       CASE WHEN outcome = 'ok' THEN (i % 11 = 0)::int END,
       CASE WHEN outcome = 'ok' THEN (i % 13 = 0)::int END,
       CASE WHEN outcome = 'ok' THEN i END
FROM generate_series($1::bigint, $2::bigint) i
CROSS JOIN LATERAL (
  SELECT usage.ledger_now() - ($3::bigint - i) * interval '1 day' / ${callsPerDay} AS at
) t
LEFT JOIN (
  VALUES (0, 'unknown', 'transport_error', NULL), (1, 'refunded', 'transport_error', NULL),
         (2, 'refunded', 'not_sent', NULL), (3, 'committed', 'gateway_error', 'gw.QosAppFrequencyLimit'),
         (4, 'committed', 'business_error', '500_2'), (5, 'committed', 'invalid_answer', NULL)
) failure (slot, failed_state, failed_outcome, gateway_code) ON failure.slot = (i / 5) % 300
CROSS JOIN LATERAL (
  SELECT coalesce(failed_state, 'committed') AS state, coalesce(failed_outcome, 'ok') AS outcome
) ended`;

const chunk = 1_000_000;

/**
 * Fills a migrated database with so many calls, as days of full use leave them: two hundred days for ten million. Every view
 * of schema `usage` then has rows.
 */
export async function fillUsage(pool: Pool, count: number): Promise<void> {
  const days = Math.ceil(count / callsPerDay);
  await pool.query(
    `SELECT sync.ensure_partitions(usage.ledger_now() - $1::int * interval '1 day', $1::int / 28 + 1)`,
    [days],
  );
  await pool.query(limits, [benchApis, days]);
  await pool.query(periods);
  await pool.query(runs, [Math.ceil(count / callsPerRun), callsPerRun]);
  const { rows: windows } = await pool.query<{ window_id: string }>(whole);
  await pool.query(parts);
  for (let from = 0; from < count; from += chunk) {
    await pool.query(calls, [
      from,
      Math.min(from + chunk, count) - 1,
      count,
      benchApis,
      windows[0]?.window_id,
    ]);
  }
  await pool.query('VACUUM (ANALYZE) usage.api_call');
  await pool.query('ANALYZE');
}
