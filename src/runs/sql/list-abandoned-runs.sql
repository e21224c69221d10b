-- Purpose: those of some active runs that have no driver, and whose sync file no process with a recent heartbeat has.
-- Params:  $1 bigint[] run ids; $2 double how many milliseconds of silence are long
-- Returns: runId
SELECT r.run_id AS "runId"
FROM sync.run r
CROSS JOIN LATERAL (SELECT clock_timestamp() - $2::float8 * interval '1 ms' AS lately) heard
WHERE r.run_id = ANY ($1::bigint[])
  AND r.status IN ('queued', 'running')
  AND r.heartbeat_at < heard.lately
  AND NOT EXISTS (SELECT FROM sync.worker w WHERE w.sync_file_hash = r.sync_file_hash AND w.heartbeat_at >= heard.lately)
ORDER BY r.run_id;
