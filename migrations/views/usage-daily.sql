-- Purpose: calls a day and API. A limited API has a row for every day since its first limit, called or not.
CREATE VIEW usage.daily AS
WITH zone AS (
  SELECT DISTINCT ON (app_key, api) app_key, api, zone
  FROM usage.quota_limit
  ORDER BY app_key, api, (window_kind = 'day') DESC, limit_id DESC
),
limited AS (
  SELECT app_key, api, min(created_at) AS since,
         max(least(coalesce(valid_to, 'infinity'), usage.ledger_now())) AS until
  FROM usage.quota_limit
  WHERE api <> '*'
  GROUP BY app_key, api
),
call AS (
  SELECT day::date AS date_day, l.app_key, l.api, NULL::text AS state, NULL::text AS outcome, NULL::boolean AS is_exempt,
         NULL::int AS latency_ms, NULL::int AS response_bytes, NULL::int AS rows_loaded
  FROM limited l
  JOIN zone z USING (app_key, api)
  CROSS JOIN LATERAL generate_series(
    date_trunc('day', l.since AT TIME ZONE z.zone), l.until AT TIME ZONE z.zone, '1 day') day
  UNION ALL
  SELECT (c.granted_at AT TIME ZONE coalesce(z.zone, 'Asia/Shanghai'))::date, c.app_key, c.api, c.state, c.outcome,
         c.is_exempt, c.latency_ms, c.response_bytes, c.rows_loaded
  FROM usage.api_call c
  LEFT JOIN zone z USING (app_key, api)
)
SELECT date_day, app_key, api,
       count(state) FILTER (WHERE state <> 'refunded')::int AS calls,
       count(state) FILTER (WHERE state = 'reserved')::int AS reserved,
       count(state) FILTER (WHERE state = 'committed')::int AS committed,
       count(state) FILTER (WHERE state = 'unknown')::int AS "unknown",
       count(state) FILTER (WHERE state = 'refunded')::int AS refunded,
       count(state) FILTER (WHERE is_exempt)::int AS exempt,
       count(outcome) FILTER (WHERE outcome = 'ok')::int AS ok,
       count(outcome) FILTER (WHERE outcome = 'business_error')::int AS business_error,
       count(outcome) FILTER (WHERE outcome = 'gateway_error')::int AS gateway_error,
       count(outcome) FILTER (WHERE outcome = 'transport_error')::int AS transport_error,
       count(outcome) FILTER (WHERE outcome = 'invalid_answer')::int AS invalid_answer,
       count(outcome) FILTER (WHERE outcome = 'not_sent')::int AS not_sent,
       round(avg(latency_ms))::int AS average_latency_ms,
       coalesce(sum(response_bytes), 0)::bigint AS response_bytes,
       coalesce(sum(rows_loaded), 0)::bigint AS rows_loaded
FROM call
GROUP BY date_day, app_key, api;

COMMENT ON VIEW usage.daily IS
  'Calls a day, app and API, by state and outcome. Days without a call have a row while the API has a limit.';
COMMENT ON COLUMN usage.daily.date_day IS 'The day in the provider''s zone: that of the API''s limit, Asia/Shanghai when it has none.';
COMMENT ON COLUMN usage.daily.app_key IS 'The app that called.';
COMMENT ON COLUMN usage.daily.api IS 'namespace:name:version of the API.';
COMMENT ON COLUMN usage.daily.calls IS 'Attempts that count: all but the refunded ones.';
COMMENT ON COLUMN usage.daily.reserved IS 'Attempts that are in flight.';
COMMENT ON COLUMN usage.daily.committed IS 'Attempts that were answered.';
COMMENT ON COLUMN usage.daily."unknown" IS 'Attempts that may have reached the gateway and whose end nobody knows.';
COMMENT ON COLUMN usage.daily.refunded IS 'Attempts of which no byte left.';
COMMENT ON COLUMN usage.daily.exempt IS 'Attempts that no limit counts (authorization).';
COMMENT ON COLUMN usage.daily.ok IS 'Attempts that brought what was asked for.';
COMMENT ON COLUMN usage.daily.business_error IS 'Attempts that the API answered with an error of its own.';
COMMENT ON COLUMN usage.daily.gateway_error IS 'Attempts that the gateway refused.';
COMMENT ON COLUMN usage.daily.transport_error IS 'Attempts that broke on the way.';
COMMENT ON COLUMN usage.daily.invalid_answer IS 'Attempts whose answer could not be read.';
COMMENT ON COLUMN usage.daily.not_sent IS 'Attempts that were given up before sending.';
COMMENT ON COLUMN usage.daily.average_latency_ms IS 'From sending to the whole answer; null without an answer.';
COMMENT ON COLUMN usage.daily.response_bytes IS 'Bytes of all answers.';
COMMENT ON COLUMN usage.daily.rows_loaded IS 'Catalog rows that the answers brought.';
