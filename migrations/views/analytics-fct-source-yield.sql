-- Purpose: the changes that the calls of each run and day found, by the reason for the calls. Reads only the days that
--          a condition on `day` chooses.
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
           -- Any other reason keeps its own name, also one that this view does not know.
           ELSE 'detail_' || coalesce(prompted_by, 'unread')
         END AS source,
         count(*)::int AS calls,
         coalesce(sum(offers_new), 0)::int AS offers_new,
         coalesce(sum(offers_completed), 0)::int AS offers_completed,
         coalesce(sum(offers_changed), 0)::int AS offers_changed,
         coalesce(sum(prices_changed), 0)::int AS prices_changed,
         coalesce(sum(stock_changed), 0)::int AS stock_changed,
         -- A detail shows one offer, and a search row shows no stock: the larger number counts each offer once.
         coalesce(sum(greatest(offers_changed, stock_changed)), 0)::int AS changes
  FROM usage.api_call
  WHERE granted_at >= d.starts_at AND granted_at < d.ends_at AND state <> 'refunded' AND NOT is_exempt
    AND (operation LIKE 'search.%' OR operation = 'offer.detail')
  GROUP BY 1, 2
) y;

COMMENT ON VIEW analytics.fct_source_yield IS 'Changes that the calls of one run found on one day, by the reason for the calls. Calls for categories and pictures are left out. One row for each day, run and source.';
COMMENT ON COLUMN analytics.fct_source_yield.day IS 'The day in Shanghai on which the calls were granted.';
COMMENT ON COLUMN analytics.fct_source_yield.run_id IS 'Run (sync.run); null: calls by hand.';
COMMENT ON COLUMN analytics.fct_source_yield.source IS 'search: search pages; detail_first: first details of offers; detail_prompted: details after a row with another price or date, or after a complete pass without the offer; detail_max_age: details that max_age of a feed made due; detail_value: other details, by their value, which grows with age; detail_unread: calls that were not answered, are not loaded yet, or come from a release that did not store the reason.';
COMMENT ON COLUMN analytics.fct_source_yield.calls IS 'Calls that count: neither refunded nor exempt.';
COMMENT ON COLUMN analytics.fct_source_yield.offers_new IS 'Offers that these calls were the first to show.';
COMMENT ON COLUMN analytics.fct_source_yield.offers_completed IS 'Offers known only from searches, of which these calls brought the first detail.';
COMMENT ON COLUMN analytics.fct_source_yield.offers_changed IS 'Known offers that these calls showed changed: in a field, a price, or whether they are listed.';
COMMENT ON COLUMN analytics.fct_source_yield.prices_changed IS 'Prices that these calls ended: by another amount, or by none.';
COMMENT ON COLUMN analytics.fct_source_yield.stock_changed IS 'Known offers that sold out or came back in stock; only details show stock.';
COMMENT ON COLUMN analytics.fct_source_yield.changes IS 'Known offers that these calls showed changed in any of the above; each offer counts once per call.';
COMMENT ON COLUMN analytics.fct_source_yield.changes_per_100_calls IS 'Changes per 100 calls. Over several rows: 100 * sum(changes) / sum(calls).';
