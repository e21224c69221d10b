-- Purpose: the limits of days with what is left of them, with holds and what is left of the month.
-- Params:  $1 text app key
-- Returns: api (or @name of a group, or *), callLimit, used, remaining, resetAt, isAssumed, holdCode, heldUntil, probeAfter,
--          monthLimit, monthRemaining (null: the API has no limit of a month), members (APIs of a group; empty: it is none)
SELECT d.api, d.call_limit AS "callLimit", d.used, d.remaining, d.reset_at AS "resetAt", d.is_assumed AS "isAssumed",
       d.hold_code AS "holdCode", d.held_until AS "heldUntil", d.probe_after AS "probeAfter",
       m.call_limit AS "monthLimit", m.remaining AS "monthRemaining",
       ARRAY(SELECT g.api FROM usage.api_group g WHERE g.app_key = d.app_key AND g.name = d.api ORDER BY g.api) AS members
FROM usage.quota_status d
LEFT JOIN usage.quota_status m ON m.app_key = d.app_key AND m.api = d.api AND m.period_kind = 'month'
WHERE d.app_key = $1::text AND d.period_kind = 'day'
ORDER BY d.used::float8 / greatest(d.call_limit, 1) DESC, d.used DESC, d.api;
