-- Purpose: the login that Grafana reads the database with; a member of catalog_ops, so it can change nothing. A second time it
--          gets the password anew. For psql 15 or newer, as a user who may make roles.
-- Params:  the environment variable GRAFANA_READER_PASSWORD
-- Returns: nothing
\set ON_ERROR_STOP on
\getenv password GRAFANA_READER_PASSWORD
-- The password is in these statements: none of them goes to the server's log.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SELECT 'CREATE ROLE grafana_reader' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'grafana_reader') \gexec
ALTER ROLE grafana_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 20 PASSWORD :'password';
ALTER ROLE grafana_reader SET default_transaction_read_only = on;
ALTER ROLE grafana_reader SET statement_timeout = '60s';
GRANT catalog_ops TO grafana_reader;
