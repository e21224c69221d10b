-- Purpose: the id of the server process of this connection.
-- Params:  none
-- Returns: one row: pid
SELECT pg_backend_pid() AS pid;
