-- Purpose: records the rows of a search page.
-- Params:  $1 jsonb rows of catalog.search_hit
-- Returns: one row for each that was not booked before
INSERT INTO catalog.search_hit
SELECT n.* FROM jsonb_populate_recordset(NULL::catalog.search_hit, $1::jsonb) AS n
ON CONFLICT DO NOTHING
RETURNING rank;
