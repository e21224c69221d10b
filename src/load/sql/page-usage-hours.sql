-- Purpose: calls by hour, API and outcome, of the last hours.
-- Params:  $1 integer hours
-- Returns: bucket (begin), api, calls, ok, failed, unknown, refunded, averageMs
SELECT hour AS bucket, api, calls, ok, (calls - ok - reserved - "unknown")::int AS failed, "unknown", refunded,
       average_latency_ms AS "averageMs"
FROM usage.hourly
WHERE hour > date_trunc('hour', usage.ledger_now()) - $1::int * interval '1 hour'
ORDER BY hour, api;
