-- Purpose: the calls approved for a month, and those used. Conditions on `month` reach the hours of usage.hourly.
CREATE VIEW usage.monthly AS
WITH shared AS MATERIALIZED (
  SELECT DISTINCT app_key, api FROM usage.quota_limit WHERE period_kind <> 'second' AND (api = '*' OR api LIKE '@%')
)
SELECT c.month, c.app_key, c.api, a.approved_calls, a.approved_since, u.used_calls, e.external_calls,
       CASE WHEN a.approved_calls IS NOT NULL THEN greatest(0, a.approved_calls - u.used_calls) END AS remaining_calls,
       round(u.used_calls::numeric / nullif(a.approved_calls, 0), 4)::numeric(14, 4) AS share_used
FROM (
  SELECT date_trunc('month', h.hour AT TIME ZONE INTERVAL '8 hours')::date AS month, h.app_key, k.api,
         sum(h.calls - h.exempt)::int AS calls
  FROM usage.hourly h
  CROSS JOIN LATERAL (
    SELECT h.api
    UNION ALL
    SELECT s.api
    FROM shared s
    WHERE s.app_key = h.app_key
      AND (s.api = '*' OR EXISTS (
        SELECT FROM usage.api_group g WHERE g.app_key = h.app_key AND g.name = s.api AND g.api = h.api))
  ) k
  GROUP BY 1, 2, 3
) c
CROSS JOIN LATERAL (
  -- Calls that others made are booked in a period of every kind.
  SELECT coalesce(max(external), 0)::int AS external_calls
  FROM (
    SELECT sum(w.external) AS external
    FROM usage.quota_period w
    WHERE w.app_key = c.app_key AND w.api = c.api
      AND w.starts_at >= c.month::timestamp AT TIME ZONE INTERVAL '8 hours'
      AND w.starts_at < (c.month + interval '1 month') AT TIME ZONE INTERVAL '8 hours'
    GROUP BY w.period_kind
  ) booked
) e
CROSS JOIN LATERAL (SELECT c.calls + e.external_calls AS used_calls) u
CROSS JOIN LATERAL (
  SELECT least(min(l.call_limit) FILTER (WHERE l.period_kind = 'month' AND d.is_last),
               sum(l.call_limit) FILTER (WHERE l.period_kind = 'day'))::int AS approved_calls,
         min(l.created_at) FILTER (WHERE l.period_kind IN ('day', 'month')) AS approved_since
  FROM (
    SELECT least((day + interval '1 day') AT TIME ZONE INTERVAL '8 hours' - interval '1 ms', usage.ledger_now()) AS at,
           day + interval '1 day' = c.month + interval '1 month' AS is_last
    FROM generate_series(c.month::timestamp, c.month + interval '1 month' - interval '1 day', interval '1 day') day
  ) d
  CROSS JOIN LATERAL usage.limits_in_effect(c.app_key, c.api, d.at) l
  -- The first limit of a kind also covers all time before it was entered, so that every call has a limit.
  WHERE l.api = c.api AND l.created_at <= d.at
) a
-- Leaves out APIs whose calls no limit counts.
WHERE a.approved_calls IS NOT NULL OR u.used_calls > 0;

COMMENT ON VIEW usage.monthly IS
  'Approved and used calls per month, app and API. Months without a call have a row while the API has a limit. Key: month, app_key, api.';
COMMENT ON COLUMN usage.monthly.month IS 'First day of the month in Shanghai.';
COMMENT ON COLUMN usage.monthly.app_key IS 'The app whose calls are limited.';
COMMENT ON COLUMN usage.monthly.api IS 'namespace:name:version of the API; @name of a group of APIs, or * for the app, if it has a limit of its own.';
COMMENT ON COLUMN usage.monthly.approved_calls IS
  'The month''s limit, or the sum of the day''s limit over the days since it was entered, whichever is less; null without a limit of either kind.';
COMMENT ON COLUMN usage.monthly.approved_since IS 'Time at which the first of these limits was entered; null without one.';
COMMENT ON COLUMN usage.monthly.used_calls IS 'Calls that count: granted and not refunded, plus external_calls.';
COMMENT ON COLUMN usage.monthly.external_calls IS 'Calls that others made with the same key, as booked; part of used_calls.';
COMMENT ON COLUMN usage.monthly.remaining_calls IS 'Approved calls that were not used; 0 if more were used than approved.';
COMMENT ON COLUMN usage.monthly.share_used IS 'used_calls / approved_calls: 0.25 is a quarter; null when nothing is approved.';
