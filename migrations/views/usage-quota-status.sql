-- Purpose: what is left of every limit right now. A limit per second is a pace, not an allowance, and has no row.
CREATE VIEW usage.quota_status AS
WITH last_hour AS MATERIALIZED (
  SELECT app_key, api, count(*) AS hour_calls, count(*) FILTER (WHERE granted_at > now - interval '1 minute') AS minute_calls
  FROM (SELECT usage.ledger_now() AS now OFFSET 0) clock
  JOIN usage.api_call ON granted_at > now - interval '1 hour' AND state <> 'refunded' AND NOT is_exempt
  GROUP BY app_key, api
),
-- Only for limits of a month, and read only if a query selects these columns: a day has many calls.
last_day AS MATERIALIZED (
  SELECT app_key, api, count(*) AS day_calls
  FROM (SELECT usage.ledger_now() AS now OFFSET 0) clock
  JOIN usage.api_call ON granted_at > now - interval '1 day' AND state <> 'refunded' AND NOT is_exempt
  GROUP BY app_key, api
)
SELECT w.app_key, w.api, w.period_kind, l.source, l.is_assumed, w.reset, w.call_limit, w.used, f.reserved,
       w."unknown", w.external, left_over.remaining, CASE WHEN h.code IS NULL THEN w.spendable_now ELSE 0 END AS spendable_now,
       CASE w.period_kind WHEN 'month' THEN w.used_today END AS used_today,
       CASE w.period_kind WHEN 'month' THEN w.share::int END AS month_share,
       coalesce(w.kept_now, 0)::int AS manual_reserve, w.free_at AS reset_at,
       CASE
         WHEN left_over.remaining = 0 THEN w.now
         WHEN w.reset = 'calendar' AND pace.spent_at < w.ends_at THEN pace.spent_at
         -- Within a rolling period as many calls end as begin, unless more begin than its limit allows.
         WHEN w.reset = 'rolling' AND pace.calls * kind.seconds > w.call_limit * kind.pace_seconds THEN pace.spent_at
       END AS projected_exhaustion_at,
       h.code AS hold_code, h.held_at, h.held_until, h.probe_after
FROM (
  -- Includes the limits that an API shares; only the lowest counts here.
  SELECT k.app_key, k.api AS of_api, now, p.*, a.share, a.kept_now,
         min(a.spendable) OVER (PARTITION BY k.app_key, k.api) AS spendable_now
  FROM (SELECT DISTINCT app_key, api FROM usage.quota_limit) k
  CROSS JOIN usage.ledger_now() now
  CROSS JOIN LATERAL usage.quota_periods(k.app_key, k.api, now, now) p
  CROSS JOIN LATERAL usage.run_allowance(
    p.period_kind, p.reset, p.call_limit, p.used, p.used_today, p.day_starts_at, p.day_ends_at, p.ends_at, now) a
) w
JOIN usage.quota_limit l USING (limit_id)
CROSS JOIN LATERAL (
  SELECT count(*)::int AS reserved FROM usage.in_flight i WHERE i.quota_period_ids && w.period_ids
) f
CROSS JOIN LATERAL (SELECT greatest(0, w.call_limit - w.used) AS remaining) left_over
JOIN (VALUES ('minute', 60, 60::bigint), ('day', 86400, 3600), ('month', 2678400, 86400)) kind (name, seconds, pace_seconds)
  ON kind.name = w.period_kind
CROSS JOIN LATERAL (
  SELECT p.calls, w.now + interval '1 second' * (left_over.remaining * kind.pace_seconds / nullif(p.calls, 0))::float8 AS spent_at
  FROM (
    SELECT sum(r.calls) AS calls
    FROM (
      SELECT app_key, api, CASE w.period_kind WHEN 'minute' THEN minute_calls ELSE hour_calls END AS calls
      FROM last_hour
      WHERE w.period_kind <> 'month'
      UNION ALL
      SELECT app_key, api, day_calls FROM last_day WHERE w.period_kind = 'month'
    ) r
    WHERE r.app_key = w.app_key
      AND (w.api IN (r.api, '*') OR EXISTS (
        SELECT FROM usage.api_group g WHERE g.app_key = w.app_key AND g.name = w.api AND g.api = r.api))
  ) p
) pace
LEFT JOIN LATERAL (
  SELECT * FROM usage.api_hold h
  WHERE h.api IN (w.of_api, '*') AND (h.held_until IS NULL OR h.held_until > w.now)
  ORDER BY h.api = '*'
  LIMIT 1
) h ON true
WHERE w.api = w.of_api;

COMMENT ON VIEW usage.quota_status IS
  'What is left of every limit in effect: one row per app, API and period (minute, day, month), also when nothing was called. Key: app_key, api, period_kind.';
COMMENT ON COLUMN usage.quota_status.app_key IS 'The app whose calls are limited.';
COMMENT ON COLUMN usage.quota_status.api IS 'namespace:name:version of the API, @name of a group of APIs, or * for the app as a whole.';
COMMENT ON COLUMN usage.quota_status.period_kind IS 'minute, day or month.';
COMMENT ON COLUMN usage.quota_status.source IS 'Where the limit comes from: preset, configured or observed.';
COMMENT ON COLUMN usage.quota_status.is_assumed IS 'True until somebody confirms the limit.';
COMMENT ON COLUMN usage.quota_status.reset IS 'calendar: starts anew at reset_at. rolling: counts the calls of the last minute, day or month.';
COMMENT ON COLUMN usage.quota_status.call_limit IS 'Calls allowed in the period.';
COMMENT ON COLUMN usage.quota_status.used IS 'Calls that count against the limit: granted and not refunded, plus external.';
COMMENT ON COLUMN usage.quota_status.reserved IS 'Part of used that is in flight.';
COMMENT ON COLUMN usage.quota_status."unknown" IS 'Part of used whose end is not known; it stays counted.';
COMMENT ON COLUMN usage.quota_status.external IS 'Calls that others made with the same key, as booked; part of used.';
COMMENT ON COLUMN usage.quota_status.remaining IS 'Calls left; 0 also when a limit was lowered below used.';
COMMENT ON COLUMN usage.quota_status.spendable_now IS
  'Calls that runs may make now on the API, group or app: the least that its own and its shared limits allow. 0 while it is held. Calls by hand may use more.';
COMMENT ON COLUMN usage.quota_status.used_today IS 'For a month: calls used today; null: the period is no month.';
COMMENT ON COLUMN usage.quota_status.month_share IS 'For a month: calls that runs may use today, manual_reserve included; null: the period is no month.';
COMMENT ON COLUMN usage.quota_status.manual_reserve IS
  'Calls of the day, or of the day''s share of a month, that are kept for calls by hand: 5 %, released over the last two hours of the day.';
COMMENT ON COLUMN usage.quota_status.reset_at IS 'Time at which the period starts anew; for a rolling period, when its oldest calls stop counting (null: none).';
COMMENT ON COLUMN usage.quota_status.projected_exhaustion_at IS
  'Time at which nothing will be left at the present pace: that of the last minute, hour (for a day''s limit) or day (for a month''s limit). Now: nothing is left. Null: not before the reset. For a rolling period, the earliest possible time.';
COMMENT ON COLUMN usage.quota_status.hold_code IS 'Error code that holds its calls; null: they are not held.';
COMMENT ON COLUMN usage.quota_status.held_at IS 'Time since which calls are held.';
COMMENT ON COLUMN usage.quota_status.held_until IS 'Time at which the hold ends; null with a code: an answer or a person ends it.';
COMMENT ON COLUMN usage.quota_status.probe_after IS 'Time from which one call may check whether the API answers again; null: no such call is allowed.';
