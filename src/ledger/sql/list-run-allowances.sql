-- Purpose: what runs may still spend of each daily and monthly limit that counts calls of some APIs.
-- Params:  $1 text app key; $2 text[] APIs
-- Returns: limitId; api (a limit that several share has a row for each); spendable (calls, now); dayEndsAt
SELECT w.limit_id AS "limitId", a.api, x.spendable, w.day_ends_at AS "dayEndsAt"
FROM unnest($2::text[]) AS a (api)
CROSS JOIN (SELECT usage.ledger_now() AS now OFFSET 0) c
CROSS JOIN LATERAL usage.quota_periods($1::text, a.api, c.now, c.now) w
CROSS JOIN LATERAL usage.run_allowance(
  w.period_kind, w.reset, w.call_limit, w.used, w.used_today, w.day_starts_at, w.day_ends_at, w.ends_at, c.now) x
WHERE w.period_kind IN ('day', 'month');
