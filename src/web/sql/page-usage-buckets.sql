-- Purpose: calls of a span by hour, day or month of Shanghai, API and outcome.
-- Params:  $1 timestamptz from; $2 timestamptz before; $3 text hour, day or month
-- Returns: bucket (begin), api, calls, ok, failed, unknown, refunded, averageMs; only where something was called
SELECT date_trunc($3::text, hour AT TIME ZONE INTERVAL '8 hours') AT TIME ZONE INTERVAL '8 hours' AS bucket, api,
       sum(calls)::int AS calls, sum(ok)::int AS ok, sum(calls - ok - reserved - "unknown")::int AS failed,
       sum("unknown")::int AS "unknown", sum(refunded)::int AS refunded,
       round(sum(total_latency_ms) / nullif(sum(timed_calls), 0))::int AS "averageMs"
FROM usage.hourly
WHERE hour >= $1::timestamptz AND hour < $2::timestamptz
GROUP BY 1, 2
HAVING sum(calls) > 0 OR sum(refunded) > 0
ORDER BY 1, 2;
