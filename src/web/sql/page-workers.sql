-- Purpose: the processes with a heartbeat within a minute that did not end.
-- Params:  none
-- Returns: host, workers; the busiest first
SELECT host, count(*)::int AS workers
FROM sync.worker
WHERE heartbeat_at > clock_timestamp() - interval '1 minute' AND ended_at IS NULL
GROUP BY host
ORDER BY workers DESC, host;
