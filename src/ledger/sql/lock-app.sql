-- Purpose: lets only this transaction change an app's limits and periods.
-- Params:  $1 text app key
-- Returns: one row, of no meaning
SELECT usage.lock_app($1::text);
