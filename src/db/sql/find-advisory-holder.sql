-- Purpose: which session has an advisory lock.
-- Params:  $1 bigint: its key
-- Returns: one row or none: pid, user, application, since (when its transaction began; null: unknown, or none is open)
SELECT a.pid, a.usename AS "user", a.application_name AS application, a.xact_start AS since
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
  AND (l.classid::bigint << 32 | l.objid::bigint) = $1::bigint
LIMIT 1;
