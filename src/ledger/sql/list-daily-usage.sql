-- Purpose: calls of each API on each of the latest days of 1688, the youngest first.
-- Params:  $1 integer days
-- Returns: day (2026-11-25); appKey; api; calls (all attempts but the refunded ones); committed; unknown; refunded
SELECT d.day::text AS day, d.app_key AS "appKey", d.api, d.calls, d.committed, d."unknown", d.refunded
FROM usage.daily d
WHERE d.day > (usage.ledger_now() AT TIME ZONE INTERVAL '8 hours')::date - $1::int
ORDER BY d.day DESC, d.app_key, d.api;
