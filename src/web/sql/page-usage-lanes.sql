-- Purpose: calls of a span by hour, day or month of Shanghai, lane and API.
-- Params:  $1 timestamptz from; $2 timestamptz before; $3 text hour, day or month
-- Returns: bucket (begin), lane (null: hours that were added up before lanes were), api, calls, ok, failed, unknown
SELECT date_trunc($3::text, hour AT TIME ZONE INTERVAL '8 hours') AT TIME ZONE INTERVAL '8 hours' AS bucket, lane, api,
       sum(calls)::int AS calls, sum(ok)::int AS ok, sum(failed)::int AS failed, sum("unknown")::int AS "unknown"
FROM usage.lanes
WHERE hour >= $1::timestamptz AND hour < $2::timestamptz
GROUP BY 1, 2, 3
HAVING sum(calls) > 0
ORDER BY 1, 2, 3;
