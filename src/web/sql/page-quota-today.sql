-- Purpose: the limits of days with what is left of them.
-- Params:  $1 text app key
-- Returns: api (or @name of a group, or *), callLimit, used, remaining, resetAt, exhaustedAt (projected; null: not
--          before the reset), isAssumed, holdCode
SELECT api, call_limit AS "callLimit", used, remaining, reset_at AS "resetAt", projected_exhaustion_at AS "exhaustedAt",
       is_assumed AS "isAssumed", hold_code AS "holdCode"
FROM usage.quota_status
WHERE app_key = $1::text AND period_kind = 'day'
ORDER BY used::float8 / greatest(call_limit, 1) DESC, used DESC, api;
