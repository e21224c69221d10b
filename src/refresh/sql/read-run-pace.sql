-- Purpose: the speed of runs: that of the fastest of the last ten that made fifty calls.
-- Params:  none
-- Returns: callsPerSecond (null: no run was long enough to tell)
SELECT max(calls_used / extract(epoch FROM ended_at - started_at))::float8 AS "callsPerSecond"
FROM (
  SELECT calls_used, started_at, ended_at
  FROM sync.run
  WHERE ended_at > started_at AND calls_used >= 50
  ORDER BY run_id DESC
  LIMIT 10
) r;
