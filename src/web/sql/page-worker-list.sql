-- Purpose: the processes that worked within a day: those that work, those that ended, and those that say nothing any more.
-- Params:  none
-- Returns: workerId, host, pid, version, fileHash (of the whole sync file), startedAt, heartbeatAt, ageMs (of the heartbeat),
--          jobs, recentCalls, lastErrorCode, lastErrorAt, failingCode (by which it cannot work now), failingSince, endedAt,
--          state (working, ended or silent); what works first, then the newest heartbeat
SELECT w.worker_id::text AS "workerId", w.host, w.pid, w.version, w.whole_file_hash AS "fileHash", w.started_at AS "startedAt",
       w.heartbeat_at AS "heartbeatAt", (extract(epoch FROM c.now - w.heartbeat_at) * 1000)::float8 AS "ageMs", w.jobs,
       w.recent_calls AS "recentCalls", w.last_error_code AS "lastErrorCode", w.last_error_at AS "lastErrorAt",
       w.failing_code AS "failingCode", w.failing_since AS "failingSince",
       w.ended_at AS "endedAt", s.state
FROM (SELECT clock_timestamp() AS now OFFSET 0) c
JOIN sync.worker w ON w.heartbeat_at > c.now - interval '1 day'
CROSS JOIN LATERAL (
  SELECT CASE
           WHEN w.ended_at IS NOT NULL THEN 'ended'
           WHEN w.heartbeat_at > c.now - interval '1 minute' THEN 'working'
           ELSE 'silent'
         END AS state
) s
ORDER BY array_position('{working,silent,ended}'::text[], s.state), w.heartbeat_at DESC, w.worker_id
LIMIT 200;
