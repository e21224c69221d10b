-- Purpose: how many connections this login can have to this database, by each limit there is, and how many processes work.
-- Params:  none
-- Returns: one row: server, and login, database (null: unlimited); processes with a recent heartbeat: within three beats
SELECT current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
         - coalesce(current_setting('reserved_connections', true)::integer, 0) AS server,
       (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = session_user AND NOT rolsuper) AS login,
       (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()) AS database,
       (SELECT count(*)::integer FROM sync.worker
        WHERE heartbeat_at > clock_timestamp() - interval '15 seconds') AS processes;
