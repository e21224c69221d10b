-- Purpose: which session of a login that may only read has an advisory lock. Such a login has no use for one, and can keep one of
--          the queue library's.
-- Params:  none
-- Returns: one row or none: pid, user, application, since (when its transaction began; null: unknown, or none is open)
SELECT a.pid, a.usename AS "user", a.application_name AS application, a.xact_start AS since
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted
  AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
  AND NOT has_table_privilege(a.usesysid, 'sync.tick_lock', 'UPDATE')
ORDER BY a.backend_start
LIMIT 1;
