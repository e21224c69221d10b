-- Purpose: counts in the present day and month the calls that were made before: of limits that have just begun, and by which
--          nothing was counted yet, and of groups that an API joined. Of a rolling month or day they are all taken for calls
--          of the span before the present one. What a window counts already stays, and is not counted twice. The app's lock
--          is the caller's matter.
-- Params:  $1 text app key; $2 timestamptz when the limits were opened; $3 text[] names of the groups
-- Returns: nothing
WITH counting AS (
  SELECT q.*, CASE WHEN q.reset = 'calendar' THEN q.starts_at
                   WHEN q.period_kind = 'month' THEN $2::timestamptz - interval '31 days'
                   ELSE $2::timestamptz - interval '1 day' END AS made_from
  FROM usage.quota_limit l
  CROSS JOIN LATERAL usage.quota_periods($1::text, l.api, $2::timestamptz, $2::timestamptz) q
  WHERE l.app_key = $1::text AND l.valid_to IS NULL AND q.limit_id = l.limit_id AND q.period_kind IN ('day', 'month')
    AND (l.api = ANY ($3::text[]) OR (l.created_at = $2::timestamptz AND q.period_ids = '{}'))
),
missing AS (
  SELECT c.*, p.calls - (c.used - c.external) AS calls, p.before_day
  FROM counting c
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS calls,
           (count(*) FILTER (WHERE m.granted_at < c.day_starts_at AND NOT m.quota_period_ids && c.period_ids))::int AS before_day
    FROM usage.api_call m
    WHERE m.app_key = $1::text AND m.state <> 'refunded' AND NOT m.is_exempt
      -- A call that may arrive after midnight is granted before, and an API that left the group made some while it was in it.
      AND m.granted_at >= c.made_from - interval '1 hour'
      AND (m.quota_period_ids && c.period_ids
        OR (m.granted_at >= c.made_from
          AND (c.api IN ('*', m.api)
            OR EXISTS (SELECT FROM usage.api_group g WHERE g.app_key = $1::text AND g.name = c.api AND g.api = m.api))))
  ) p
)
INSERT INTO usage.quota_period AS w
  (app_key, api, period_kind, starts_at, ends_at, call_limit, granted, day_starts_at, used_before_day)
SELECT $1::text, m.api, m.period_kind, s.starts_at, s.ends_at,
       -- More than the limit may have been made: the next grant is refused, not this count.
       greatest(m.call_limit, m.used + m.calls), m.calls, m.day_starts_at,
       CASE m.reset WHEN 'calendar' THEN least(m.calls, m.before_day) ELSE 0 END
FROM missing m
CROSS JOIN LATERAL (
  SELECT CASE m.reset WHEN 'calendar' THEN m.starts_at ELSE m.starts_at - (m.ends_at - m.starts_at) END AS starts_at,
         CASE m.reset WHEN 'calendar' THEN m.ends_at ELSE m.starts_at END AS ends_at
) s
WHERE m.calls > 0
ON CONFLICT ON CONSTRAINT quota_period_span
  -- As a grant does it (usage.take), with the calls of earlier days.
  DO UPDATE SET granted = w.granted + excluded.granted, call_limit = excluded.call_limit, day_starts_at = excluded.day_starts_at,
    used_before_day = excluded.used_before_day + CASE WHEN w.day_starts_at = excluded.day_starts_at THEN w.used_before_day
                                                      ELSE w.granted - w.refunded + w.external END;
