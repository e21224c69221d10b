-- Purpose: calls of the last days without a usable answer, by cause.
-- Params:  $1 integer days
-- Returns: code (of docs/errors.md; null: not known), outcome, gatewayCode, api, calls, lastAt, lastCallId
SELECT error_code AS code, outcome, gateway_code AS "gatewayCode", api, sum(calls)::int AS calls, max(last_at) AS "lastAt",
       max(example_call_id)::text AS "lastCallId"
FROM usage.errors
WHERE day > (usage.ledger_now() AT TIME ZONE INTERVAL '8 hours')::date - $1::int
GROUP BY error_code, outcome, gateway_code, api
ORDER BY calls DESC
LIMIT 50;
