-- Purpose: the scopes and triggers of the newest runs, to choose from.
-- Params:  $1 integer of how many runs
-- Returns: one row: scopes, triggers (text arrays, in their order)
SELECT coalesce(array_agg(DISTINCT scope ORDER BY scope), '{}') AS scopes,
       coalesce(array_agg(DISTINCT trigger ORDER BY trigger), '{}') AS triggers
FROM (SELECT scope, trigger FROM sync.run ORDER BY run_id DESC LIMIT $1::int) r;
