-- Purpose: what is left of the limits of days and months, without the pace at which they are used.
-- Params:  $1 text app key
-- Returns: api (or @name of a group, or *), window (day, month), callLimit, used, unknown, endsAt (of the window; of a rolling
--          one, when its oldest calls stop counting), isAssumedSpent (after a restore, the used calls are not known)
SELECT w.api, w.period_kind AS "period", w.call_limit AS "callLimit", w.used, w."unknown", w.free_at AS "endsAt",
       w.is_assumed_spent AS "isAssumedSpent"
FROM (SELECT usage.ledger_now() AS now OFFSET 0) c
CROSS JOIN (SELECT DISTINCT api FROM usage.quota_limit WHERE app_key = $1::text) k
CROSS JOIN LATERAL usage.quota_periods($1::text, k.api, c.now, c.now) w
WHERE w.api = k.api AND w.period_kind IN ('day', 'month')
ORDER BY w.api, w.period_kind;
