-- Purpose: every limit of an app with its present use and, for a month, the share that usage.run_allowance gives the
--          present day.
-- Params:  $1 text app key
-- Returns: api; window; source; isAssumed; reset; zone; callLimit; of a second, which is a pace, null from here on: used;
--          reserved; unknown; external; remaining; resetAt; usedToday; share (null: no month); isAssumedSpent
SELECT l.api, l.period_kind AS "period", l.source, l.is_assumed AS "isAssumed", l.reset, l.zone,
       l.call_limit AS "callLimit", w.used, f.reserved, w."unknown", w.external,
       greatest(0, w.call_limit - w.used) AS remaining, w.free_at AS "resetAt",
       CASE l.period_kind WHEN 'month' THEN w.used_today END AS "usedToday",
       CASE l.period_kind WHEN 'month' THEN a.share END AS "share",
       coalesce(w.is_assumed_spent, false) AS "isAssumedSpent"
FROM (SELECT DISTINCT api FROM usage.quota_limit WHERE app_key = $1::text) k
CROSS JOIN usage.ledger_now() now
CROSS JOIN LATERAL usage.limits_in_effect($1::text, k.api, now) l
LEFT JOIN LATERAL usage.quota_periods($1::text, k.api, now, now) w ON w.limit_id = l.limit_id
LEFT JOIN LATERAL usage.run_allowance(
  w.period_kind, w.reset, w.call_limit, w.used, w.used_today, w.day_starts_at, w.day_ends_at, w.ends_at, now) a
  ON w.limit_id IS NOT NULL
LEFT JOIN LATERAL (
  SELECT count(*)::int AS reserved FROM usage.in_flight i WHERE i.quota_period_ids && w.period_ids
) f ON w.limit_id IS NOT NULL
WHERE l.api = k.api
ORDER BY l.api, array_position(ARRAY['second', 'minute', 'day', 'month'], l.period_kind);
