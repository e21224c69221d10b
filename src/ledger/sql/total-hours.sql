-- Purpose: totals the calls of past hours, the oldest missing hours first.
-- Params:  $1 integer most hours
-- Returns: hours (integer), how many it added up
SELECT usage.total_hours($1::int) AS hours;
