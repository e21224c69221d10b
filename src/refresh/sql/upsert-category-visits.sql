-- Purpose: records that category nodes were fetched, and ends their leases.
-- Params:  $1 bigint[] category ids, each once; $2 timestamptz[] when; $3 bigint[] call ids
-- Returns: nothing
INSERT INTO sync.category_visit AS v (category_id, visited_at, last_call_id)
SELECT n.category_id, n.visited_at, n.call_id
FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[]) AS n (category_id, visited_at, call_id)
ORDER BY n.category_id
ON CONFLICT (category_id) DO UPDATE
SET visited_at = greatest(v.visited_at, excluded.visited_at),
    last_call_id =
      CASE WHEN v.visited_at > excluded.visited_at THEN v.last_call_id ELSE excluded.last_call_id END,
    not_before = NULL,
    failed_tries = 0,
    failure_code = NULL,
    leased_by = NULL,
    leased_until = NULL
WHERE v.visited_at IS NULL OR v.visited_at < excluded.visited_at OR v.leased_by IS NOT NULL
   OR v.leased_until IS NOT NULL OR v.not_before IS NOT NULL;
