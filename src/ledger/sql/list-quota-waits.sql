-- Purpose: the APIs that runs may not call now, because a day or month, or the part of it for runs, is used up; with
--          the period that refuses for longest. Calls by hand may still be made.
-- Params:  $1 text app key
-- Returns: api; window; until
SELECT k.api, w.period_kind AS "period", w.free_at AS "until"
FROM (
  SELECT DISTINCT api FROM usage.quota_limit
  WHERE app_key = $1::text AND valid_to IS NULL AND api <> '*' AND api NOT LIKE '@%'
) k
CROSS JOIN usage.ledger_now() now
CROSS JOIN LATERAL usage.refusing_period($1::text, k.api, 'refresh', now, now, now + interval '1 minute') w
WHERE w.period_kind IN ('day', 'month')
ORDER BY k.api;
