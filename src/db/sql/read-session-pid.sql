-- Purpose: the process id of this session.
-- Params:  none
-- Returns: one row: pid
SELECT pg_backend_pid() AS pid;
