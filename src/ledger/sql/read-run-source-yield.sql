-- Purpose: the changes that the calls of a run found, by the reason for the calls. The days of the run find the rows.
-- Params:  $1 bigint run id; null: the newest that made calls
-- Returns: runId, source (as in analytics.fct_source_yield), calls, changes, pricesChanged, stockChanged
SELECT y.run_id::text AS "runId", y.source, sum(y.calls)::int AS calls, sum(y.changes)::int AS changes,
       sum(y.prices_changed)::int AS "pricesChanged", sum(y.stock_changed)::int AS "stockChanged"
FROM (
  SELECT run_id, started_at, coalesce(ended_at, usage.ledger_now()) AS ended_at
  FROM sync.run
  WHERE started_at IS NOT NULL AND (run_id = $1::bigint OR ($1::bigint IS NULL AND calls_used > 0))
  ORDER BY run_id DESC
  LIMIT 1
) r
JOIN analytics.fct_source_yield y
  ON y.run_id = r.run_id
 AND y.day BETWEEN (r.started_at AT TIME ZONE INTERVAL '8 hours')::date AND (r.ended_at AT TIME ZONE INTERVAL '8 hours')::date
GROUP BY y.run_id, y.source
ORDER BY y.source;
