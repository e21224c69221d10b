-- Purpose: adds the calls of past hours up, the oldest that are missing first.
-- Params:  $1 integer most hours
-- Returns: hours (integer), how many it added up
SELECT usage.total_hours($1::int) AS hours;
