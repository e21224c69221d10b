-- Purpose: adds observations to the statistics of how well they were predicted.
-- Params:  $1 jsonb [{"date_day", "source", "hint", "decile", "observations", "expected", "changed"}], each key once
-- Returns: nothing
INSERT INTO sync.observation_stat AS s
SELECT n.*
FROM jsonb_populate_recordset(NULL::sync.observation_stat, $1::jsonb) AS n
ORDER BY n.date_day, n.source, n.hint, n.decile
ON CONFLICT (date_day, source, hint, decile) DO UPDATE
SET observations = s.observations + excluded.observations,
    expected = s.expected + excluded.expected,
    changed = s.changed + excluded.changed;
