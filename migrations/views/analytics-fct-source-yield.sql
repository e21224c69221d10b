-- Purpose: what the calls of each run and day found changed, by what they were made for. Conditions on `day` choose the days
--          that are looked up at all.
CREATE VIEW analytics.fct_source_yield AS
SELECT d.day, y.*, (100.0 * y.changes / y.calls)::numeric(14, 2) AS changes_per_100_calls
FROM (
  SELECT s.starts::date AS day, s.starts AT TIME ZONE INTERVAL '8 hours' AS starts_at,
         (s.starts + interval '1 day') AT TIME ZONE INTERVAL '8 hours' AS ends_at
  FROM (SELECT min(granted_at) AS first_at, max(granted_at) AS last_at FROM usage.api_call) bound
  CROSS JOIN LATERAL generate_series(
    date_trunc('day', bound.first_at AT TIME ZONE INTERVAL '8 hours'), bound.last_at AT TIME ZONE INTERVAL '8 hours',
    interval '1 day') AS s (starts)
) d
CROSS JOIN LATERAL (
  SELECT run_id,
         CASE
           WHEN operation LIKE 'search.%' THEN 'search'
           WHEN prompted_by IN ('row', 'modify_date', 'absence') THEN 'detail_prompted'
           -- Each other reason by its own name, also one that is not known here yet.
           ELSE 'detail_' || coalesce(prompted_by, 'unread')
         END AS source,
         count(*)::int AS calls,
         coalesce(sum(offers_new), 0)::int AS offers_new,
         coalesce(sum(offers_completed), 0)::int AS offers_completed,
         coalesce(sum(offers_changed), 0)::int AS offers_changed,
         coalesce(sum(prices_changed), 0)::int AS prices_changed,
         coalesce(sum(stock_changed), 0)::int AS stock_changed,
         -- A detail shows one offer, and of a row nobody knows the stock: so the larger one counts each offer once.
         coalesce(sum(greatest(offers_changed, stock_changed)), 0)::int AS changes
  FROM usage.api_call
  WHERE granted_at >= d.starts_at AND granted_at < d.ends_at AND state <> 'refunded' AND NOT is_exempt
    AND (operation LIKE 'search.%' OR operation = 'offer.detail')
  GROUP BY 1, 2
) y;

COMMENT ON VIEW analytics.fct_source_yield IS 'What the calls of one run on one day found changed, by what they were made for. Calls for categories and pictures are left out. One row for each day, run and source.';
COMMENT ON COLUMN analytics.fct_source_yield.day IS 'The day in Shanghai on which they were granted.';
COMMENT ON COLUMN analytics.fct_source_yield.run_id IS 'Run (sync.run); null: calls by hand.';
COMMENT ON COLUMN analytics.fct_source_yield.source IS 'search: pages; detail_first: details of offers that no detail had shown yet; detail_prompted: details after a row with another price or date, or a complete pass without the offer; detail_max_age: details that max_age of a feed made due; detail_value: other details, by their value, which grows with age; detail_unread: not answered, not loaded yet, or of a release that did not book why.';
COMMENT ON COLUMN analytics.fct_source_yield.calls IS 'Calls that count: neither refunded nor exempt.';
COMMENT ON COLUMN analytics.fct_source_yield.offers_new IS 'Offers that they showed first.';
COMMENT ON COLUMN analytics.fct_source_yield.offers_completed IS 'Offers known from searches only, of which they were the first detail.';
COMMENT ON COLUMN analytics.fct_source_yield.offers_changed IS 'Known offers that they showed changed: in a field, a price, or whether they are listed.';
COMMENT ON COLUMN analytics.fct_source_yield.prices_changed IS 'Prices that they ended: by another amount, or by none.';
COMMENT ON COLUMN analytics.fct_source_yield.stock_changed IS 'Known offers that were sold out or in stock again; only details show stock.';
COMMENT ON COLUMN analytics.fct_source_yield.changes IS 'Known offers that they showed changed, in anything above: each once a call.';
COMMENT ON COLUMN analytics.fct_source_yield.changes_per_100_calls IS 'Changes for 100 calls. Of several rows: 100 * sum(changes) / sum(calls).';
