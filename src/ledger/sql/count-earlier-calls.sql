-- Purpose: counts in the present day and month of limits that have just begun, and by which nothing was counted yet, the calls
--          that were made before. Of a rolling month or day they are all taken for calls of the span before the present one.
--          The app's lock is the caller's matter.
-- Params:  $1 text app key; $2 timestamptz when the limits were opened
-- Returns: nothing
WITH begun AS (
  SELECT q.*
  FROM usage.quota_limit l
  CROSS JOIN LATERAL usage.quota_periods($1::text, l.api, $2::timestamptz, $2::timestamptz) q
  WHERE l.app_key = $1::text AND l.valid_to IS NULL AND l.created_at = $2::timestamptz
    AND q.limit_id = l.limit_id AND q.period_kind IN ('day', 'month') AND q.period_ids = '{}'
),
made AS (
  SELECT b.*, p.calls, p.before_day
  FROM begun b
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS calls, (count(*) FILTER (WHERE c.granted_at < b.day_starts_at))::int AS before_day
    FROM usage.api_call c
    WHERE c.app_key = $1::text AND c.state <> 'refunded' AND NOT c.is_exempt
      AND (b.api IN ('*', c.api)
        OR EXISTS (SELECT FROM usage.api_group g WHERE g.app_key = $1::text AND g.name = b.api AND g.api = c.api))
      AND c.granted_at >= CASE WHEN b.reset = 'calendar' THEN b.starts_at
                               WHEN b.period_kind = 'month' THEN $2::timestamptz - interval '31 days'
                               ELSE $2::timestamptz - interval '1 day' END
  ) p
)
INSERT INTO usage.quota_period AS w
  (app_key, api, period_kind, starts_at, ends_at, call_limit, granted, day_starts_at, used_before_day)
SELECT $1::text, m.api, m.period_kind, s.starts_at, s.ends_at,
       -- More than the limit may have been made: the next grant is refused, not this count.
       greatest(m.call_limit, m.calls), m.calls, m.day_starts_at,
       CASE m.reset WHEN 'calendar' THEN m.before_day ELSE 0 END
FROM made m
CROSS JOIN LATERAL (
  SELECT CASE m.reset WHEN 'calendar' THEN m.starts_at ELSE m.starts_at - (m.ends_at - m.starts_at) END AS starts_at,
         CASE m.reset WHEN 'calendar' THEN m.ends_at ELSE m.starts_at END AS ends_at
) s
WHERE m.calls > 0;
