-- Purpose: what the calls of a day showed, and how many were wasted and why. Reads only the days that a condition on
--          `day` chooses.
CREATE VIEW usage.yield AS
SELECT d.day, y.*,
       round(y.calls::numeric / nullif(y.offers_new, 0), 2)::numeric(14, 2) AS calls_per_new_offer,
       round(y.calls::numeric / nullif(y.offers_changed, 0), 2)::numeric(14, 2) AS calls_per_changed_offer,
       round(y.calls::numeric / nullif(y.prices_changed, 0), 2)::numeric(14, 2) AS calls_per_changed_price
FROM (
  SELECT s.starts::date AS day, s.starts AT TIME ZONE INTERVAL '8 hours' AS starts_at,
         (s.starts + interval '1 day') AT TIME ZONE INTERVAL '8 hours' AS ends_at
  FROM (SELECT min(granted_at) AS first_at, max(granted_at) AS last_at FROM usage.api_call) bound
  CROSS JOIN LATERAL generate_series(
    date_trunc('day', bound.first_at AT TIME ZONE INTERVAL '8 hours'), bound.last_at AT TIME ZONE INTERVAL '8 hours',
    interval '1 day') AS s (starts)
) d
CROSS JOIN LATERAL (
  SELECT operation, nullif(w.feed, '') AS feed,
         count(*)::int AS calls,
         count(*) FILTER (WHERE waste IS NOT NULL)::int AS wasted,
         coalesce(sum(offers_new), 0)::int AS offers_new,
         coalesce(sum(offers_completed), 0)::int AS offers_completed,
         coalesce(sum(offers_changed), 0)::int AS offers_changed,
         coalesce(sum(prices_changed), 0)::int AS prices_changed,
         count(*) FILTER (WHERE waste = 'business_error')::int AS business_error,
         count(*) FILTER (WHERE waste = 'gateway_error')::int AS gateway_error,
         count(*) FILTER (WHERE waste = 'transport_error')::int AS transport_error,
         count(*) FILTER (WHERE waste = 'invalid_answer')::int AS invalid_answer,
         count(*) FILTER (WHERE waste = 'unknown')::int AS "unknown",
         count(*) FILTER (WHERE waste = 'repeated')::int AS repeated,
         count(*) FILTER (WHERE waste = 'no_yield')::int AS no_yield
  FROM (
    SELECT granted_at, operation, window_id, offers_new, offers_completed, offers_changed, prices_changed,
           CASE
             WHEN state = 'unknown' THEN 'unknown'
             WHEN outcome <> 'ok' THEN outcome
             WHEN outcome = 'ok' AND coalesce(showed, 0) = 0 AND granted_at - lag(granted_at) OVER same < interval '1 hour' THEN 'repeated'
             WHEN showed = 0 THEN 'no_yield'
           END AS waste
    FROM usage.api_call
    -- Null for operations that show no offers. Stock was added to the ledger later than the rest.
    CROSS JOIN LATERAL (
      SELECT offers_new + offers_completed + offers_changed + prices_changed + coalesce(stock_changed, 0) AS showed) s
    -- Includes the hour before the day, because a call may repeat one of the day before.
    WHERE granted_at >= d.starts_at - interval '1 hour' AND granted_at < d.ends_at
      AND state <> 'refunded' AND NOT is_exempt
    WINDOW same AS (PARTITION BY request_hash, app_key, outcome ORDER BY granted_at)
  ) c
  LEFT JOIN sync.search_window w USING (window_id)
  WHERE granted_at >= d.starts_at
  GROUP BY operation, nullif(w.feed, '')
) y;

COMMENT ON VIEW usage.yield IS 'What the calls of a day showed, by operation and feed, and why calls brought nothing.';
COMMENT ON COLUMN usage.yield.day IS 'The day in Shanghai, as 1688 counts days.';
COMMENT ON COLUMN usage.yield.operation IS 'Kind of request, such as offer.detail or search.keyword.';
COMMENT ON COLUMN usage.yield.feed IS 'Feed of the search; null: not a search of a feed. Several feeds can share such a call.';
COMMENT ON COLUMN usage.yield.calls IS 'Calls that count: neither refunded nor exempt.';
COMMENT ON COLUMN usage.yield.wasted IS 'Calls that brought nothing: the sum of the seven causes.';
COMMENT ON COLUMN usage.yield.offers_new IS 'Offers that these calls were the first to show.';
COMMENT ON COLUMN usage.yield.offers_completed IS 'Offers known only from searches, of which these calls brought the first detail.';
COMMENT ON COLUMN usage.yield.offers_changed IS 'Known offers that these calls showed changed, in a field or in a price.';
COMMENT ON COLUMN usage.yield.prices_changed IS 'Prices that these calls ended: by another amount, or by none.';
COMMENT ON COLUMN usage.yield.business_error IS 'Wasted: the API answered with an error of its own.';
COMMENT ON COLUMN usage.yield.gateway_error IS 'Wasted: the gateway refused.';
COMMENT ON COLUMN usage.yield.transport_error IS 'Wasted: broke off after an answer had begun.';
COMMENT ON COLUMN usage.yield.invalid_answer IS 'Wasted: the answer could not be read.';
COMMENT ON COLUMN usage.yield."unknown" IS 'Wasted: may have reached the gateway; the end is not known.';
COMMENT ON COLUMN usage.yield.repeated IS 'Wasted: the same request was answered less than an hour before, and this call brought nothing.';
COMMENT ON COLUMN usage.yield.no_yield IS
  'Wasted: a search or a detail without an offer that is new, completed, changed, sold out or in stock again. Not known of calls before the ledger stored this.';
COMMENT ON COLUMN usage.yield.calls_per_new_offer IS 'Calls per new offer; null: none was new.';
COMMENT ON COLUMN usage.yield.calls_per_changed_offer IS 'Calls per changed offer; null: none changed.';
COMMENT ON COLUMN usage.yield.calls_per_changed_price IS 'Calls per changed price; null: none changed.';
