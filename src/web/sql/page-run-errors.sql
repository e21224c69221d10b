-- Purpose: calls of a run without a usable answer, by cause.
-- Params:  $1 bigint run id
-- Returns: code (of docs/errors.md; null: not known), outcome, gatewayCode, api, calls, lastAt, lastCallId
SELECT error_code AS code, outcome, gateway_code AS "gatewayCode", api, count(*)::int AS calls, max(granted_at) AS "lastAt",
       max(call_id)::text AS "lastCallId"
FROM usage.failed_call
WHERE run_id = $1::bigint
GROUP BY error_code, outcome, gateway_code, api
ORDER BY calls DESC
LIMIT 50;
