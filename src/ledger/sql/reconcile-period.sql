-- Purpose: sets the use of a present period to the number given, or to what was granted here if that is more. The
--          caller has locked the app.
-- Params:  $1 text app key; $2 text api; $3 text window kind; $4 integer used
-- Returns: one row: used, as it is now; null: there is no such limit
SELECT usage.reconcile($1::text, $2::text, $3::text, $4::int) AS used;
