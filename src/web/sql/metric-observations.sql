-- Purpose: observations of the present day of Shanghai, for the metrics.
-- Params:  none
-- Returns: source (search, detail; both, also without an observation), observations, changed (those that showed a change)
SELECT s.source, coalesce(sum(l.observations), 0)::int AS observations, coalesce(sum(l.changed), 0)::int AS changed
FROM (VALUES ('search'), ('detail')) AS s (source)
LEFT JOIN sync.observation_stat l
  ON l.source = s.source AND l.date_day = (usage.ledger_now() AT TIME ZONE INTERVAL '8 hours')::date
GROUP BY s.source
ORDER BY s.source;
