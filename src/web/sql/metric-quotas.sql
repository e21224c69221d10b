-- Purpose: what is left of every limit, for the metrics.
-- Params:  $1 text app key
-- Returns: api (or @name of a group, or *), window (minute, day, month), callLimit, used, remaining, unknown,
--          resetAt (null: nothing is counted), exhaustedAt (projected; null: not before the reset)
SELECT api, period_kind AS "period", call_limit AS "callLimit", used, remaining, "unknown",
       reset_at AS "resetAt", projected_exhaustion_at AS "exhaustedAt"
FROM usage.quota_status
WHERE app_key = $1::text
ORDER BY api, period_kind;
