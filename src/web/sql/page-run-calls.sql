-- Purpose: the calls of a run by API and outcome.
-- Params:  $1 bigint run id
-- Returns: api, operation, lane, outcome (or the state: refunded, unknown, reserved), gatewayCode, calls, averageMs,
--          lastAt, lastCallId
SELECT api, operation, lane, CASE WHEN state = 'committed' THEN outcome ELSE state END AS outcome,
       gateway_code AS "gatewayCode", count(*)::int AS calls, round(avg(latency_ms))::int AS "averageMs",
       max(granted_at) AS "lastAt", max(call_id)::text AS "lastCallId"
FROM usage.api_call
WHERE run_id = $1::bigint
GROUP BY 1, 2, 3, 4, 5
ORDER BY calls DESC, api, 4;
