-- Purpose: which session another one waits for.
-- Params:  $1 int: process id of the one that waits
-- Returns: one row or none: pid, user, application, since (when its transaction began; null: unknown, or none is open)
SELECT a.pid, a.usename AS "user", a.application_name AS application, a.xact_start AS since
FROM pg_stat_activity a
WHERE a.pid = ANY (pg_blocking_pids($1::int))
ORDER BY a.xact_start
LIMIT 1;
