-- Purpose: cancels what some sessions of this user are running; sessions that are gone or idle are left as they are.
-- Params:  $1 int[] process ids of their backends
-- Returns: one row for each: canceled (false: it is gone)
SELECT pg_cancel_backend(pid) AS canceled FROM unnest($1::int[]) AS pid;
