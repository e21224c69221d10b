-- Purpose: what is left of every limit per minute, day or month, of all apps.
-- Params:  none
-- Returns: appKey; api; window; source; isAssumed; callLimit; used; reserved; unknown; external; remaining; resetAt (null:
--          a rolling window that is empty)
SELECT app_key AS "appKey", api, period_kind AS "period", source, is_assumed AS "isAssumed",
       call_limit AS "callLimit", used, reserved, "unknown", external, remaining, reset_at AS "resetAt"
FROM usage.quota_status
ORDER BY app_key, api, reset_at;
