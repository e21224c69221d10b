-- Purpose: makes what is used of a present window the number given, or what was granted here when that is more. The
--          caller has locked the app.
-- Params:  $1 text app key; $2 text api; $3 text window kind; $4 integer used
-- Returns: one row: used, as it is now; null: there is no such limit
SELECT usage.reconcile($1::text, $2::text, $3::text, $4::int) AS used;
