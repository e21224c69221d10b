-- Purpose: books calls that others made with the same key, in the present day and month of the API, its groups and the
--          app. The caller has locked the app.
-- Params:  $1 text app key; $2 text api; $3 integer calls
-- Returns: one row, of no meaning
SELECT usage.record_external($1::text, $2::text, $3::int);
