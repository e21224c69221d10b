-- Purpose: what the login of this connection may do beyond reading, whatever role it has taken on.
-- Params:  none
-- Returns: one row: is_superuser (or reads and writes the server's files, or runs its programs), is_owner (of a schema or
--          table of ours, or of this database)
SELECT EXISTS (
         SELECT FROM pg_roles r
         WHERE (r.rolsuper OR r.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'))
           AND pg_has_role(session_user, r.oid, 'MEMBER')
       ) AS is_superuser,
       EXISTS (
         SELECT FROM (
           SELECT datdba AS owner FROM pg_database WHERE datname = current_database()
           UNION SELECT nspowner FROM pg_namespace WHERE nspname IN ('catalog', 'sync', 'usage', 'raw', 'analytics')
           UNION SELECT c.relowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname IN ('catalog', 'sync', 'usage', 'raw', 'analytics', 'bullmq')
         ) AS owners
         WHERE pg_has_role(session_user, owner, 'MEMBER')
       ) AS is_owner;
