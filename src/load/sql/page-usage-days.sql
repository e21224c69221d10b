-- Purpose: calls by day of Shanghai, API and outcome, of the last days.
-- Params:  $1 integer days
-- Returns: bucket (begin), api, calls, ok, failed, unknown, refunded, averageMs
SELECT day::timestamp AT TIME ZONE 'Asia/Shanghai' AS bucket, api, calls, ok,
       (calls - ok - reserved - "unknown")::int AS failed, "unknown", refunded, average_latency_ms AS "averageMs"
FROM usage.daily
WHERE day > (usage.ledger_now() AT TIME ZONE 'Asia/Shanghai')::date - $1::int
ORDER BY day, api;
