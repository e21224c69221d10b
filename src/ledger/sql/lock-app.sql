-- Purpose: has this transaction change an app's limits and windows alone.
-- Params:  $1 text app key
-- Returns: one row, of no meaning
SELECT usage.lock_app($1::text);
