-- Purpose: when the calls of a run were granted, in equal parts of its time.
-- Params:  $1 bigint run id; $2 integer how many parts
-- Returns: operation, part (from 0), calls
SELECT c.operation,
       least($2::int - 1, floor($2::int * extract(epoch FROM c.granted_at - r.started_at)
         / greatest(extract(epoch FROM coalesce(r.ended_at, usage.ledger_now()) - r.started_at), 0.001)))::int AS part,
       count(*)::int AS calls
FROM sync.run r
JOIN usage.api_call c USING (run_id)
WHERE r.run_id = $1::bigint AND c.granted_at >= r.started_at
GROUP BY 1, 2
ORDER BY 1, 2;
