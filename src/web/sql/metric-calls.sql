-- Purpose: calls of the present day of Shanghai whose end is known, by how long they took, for the metrics.
-- Params:  $1 text app key; $2 integer[] bounds of latency in ms, ascending
-- Returns: api, lane, outcome, bound (how many bounds the latency is above; null: it was not measured), calls,
--          latencyMs (the sum)
SELECT c.api, c.lane, c.outcome, b.bound, count(*)::int AS calls, coalesce(sum(c.latency_ms), 0)::float8 AS "latencyMs"
FROM usage.api_call c
-- A call that takes as long as a bound belongs below it.
CROSS JOIN LATERAL (SELECT width_bucket(c.latency_ms - 1, $2::int[]) AS bound) b
WHERE c.granted_at >= date_trunc('day', usage.ledger_now(), 'Asia/Shanghai')
  AND c.app_key = $1::text
  AND c.outcome IS NOT NULL
GROUP BY c.api, c.lane, c.outcome, b.bound
ORDER BY c.api, c.lane, c.outcome, b.bound;
