-- Purpose: the changes that the calls of some days found, by the reason for the calls. Calls by hand are included.
-- Params:  $1 integer how many days, to the last one; $2 bigint run in whose last day they end; null: today
-- Returns: day (YYYY-MM-DD, Shanghai), source (as in analytics.fct_source_yield), calls, changes, pricesChanged, stockChanged
SELECT y.day::text AS day, y.source, sum(y.calls)::int AS calls, sum(y.changes)::int AS changes,
       sum(y.prices_changed)::int AS "pricesChanged", sum(y.stock_changed)::int AS "stockChanged"
FROM (
  SELECT (coalesce((SELECT ended_at FROM sync.run WHERE run_id = $2::bigint), usage.ledger_now())
            AT TIME ZONE INTERVAL '8 hours')::date AS last_day
) d
JOIN analytics.fct_source_yield y ON y.day > d.last_day - $1::int AND y.day <= d.last_day
GROUP BY y.day, y.source
ORDER BY y.day, y.source;
