-- Purpose: opens the wanted limits where none is open. The first limit of a period also holds for all earlier time, so
--          that no time is without one.
-- Params:  $1 text app key; $2 text source; $3 jsonb [{"api", "period_kind", "call_limit", "reset", "zone"}];
--          $4 boolean assumed; $5 timestamptz now
-- Returns: nothing
INSERT INTO usage.quota_limit
  (app_key, api, period_kind, call_limit, reset, zone, source, is_assumed, valid_from, created_at)
SELECT $1::text, w.api, w.period_kind, w.call_limit, w.reset, w.zone, $2::text, $4::boolean,
       CASE WHEN any_before THEN $5::timestamptz ELSE '-infinity' END, $5::timestamptz
FROM jsonb_to_recordset($3::jsonb) AS w (api text, period_kind text, call_limit int, reset text, zone text)
CROSS JOIN LATERAL (
  SELECT count(*) > 0 AS any_before, count(*) FILTER (WHERE l.valid_to IS NULL) > 0 AS any_open
  FROM usage.quota_limit l
  WHERE l.app_key = $1::text AND l.api = w.api AND l.period_kind = w.period_kind
) known
WHERE NOT any_open;
