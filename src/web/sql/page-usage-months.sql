-- Purpose: the approved and used calls of a month, by API.
-- Params:  $1 integer months
-- Returns: month (2026-11), api, approved, used, external, remaining
SELECT to_char(month, 'YYYY-MM') AS month, api, approved_calls AS approved, used_calls AS used,
       external_calls AS external, remaining_calls AS remaining
FROM usage.monthly
WHERE month > date_trunc('month', usage.ledger_now() AT TIME ZONE INTERVAL '8 hours') - $1::int * interval '1 month'
ORDER BY month DESC, used_calls DESC, api;
