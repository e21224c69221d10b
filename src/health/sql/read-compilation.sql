-- Purpose: whether Postgres compiles queries here that it takes for long ones.
-- Params:  none
-- Returns: one row: database (its name, as SQL takes it), isCompiled
SELECT quote_ident(current_database()) AS database, pg_jit_available() AS "isCompiled";
