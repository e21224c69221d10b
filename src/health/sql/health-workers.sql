-- Purpose: processes that have not been able to work for ten seconds (two heartbeats: one failed tick is none), and those that
--          were killed: without a heartbeat for half a minute. One of a version that did not say its pid also vanishes when it
--          ends in order, and is left out.
-- Params:  none
-- Returns: host, pid, code (by which it fails; null: it has no heartbeat any more), since (it fails; or its last heartbeat),
--          isReplaced (it has no heartbeat any more, and another one like it began on its host since), the first first
SELECT w.host, w.pid, CASE WHEN l.is_lost THEN NULL ELSE w.failing_code END AS code,
       CASE WHEN l.is_lost THEN w.heartbeat_at ELSE w.failing_since END AS since,
       l.is_lost AND EXISTS (
         SELECT
         FROM sync.worker next
         WHERE next.host = w.host AND next.started_at > w.heartbeat_at AND next.is_service >= w.is_service
       ) AS "isReplaced"
FROM sync.worker w
CROSS JOIN LATERAL (SELECT w.heartbeat_at < clock_timestamp() - interval '30 seconds' AS is_lost) l
WHERE w.pid IS NOT NULL AND w.ended_at IS NULL AND (l.is_lost OR w.failing_since < clock_timestamp() - interval '10 seconds')
ORDER BY since, w.host, w.pid;
