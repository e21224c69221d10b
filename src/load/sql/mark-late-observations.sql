-- Purpose: marks observations that have no place in the history, because a later answer is not stored.
-- Params:  $1 bigint[] offer ids; $2 timestamptz[] and $3 bigint[] time and id of the call of each; $4 text source
-- Returns: nothing
UPDATE catalog.observation o
SET is_late = true
FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[]) AS n (offer_id, observed_at, call_id)
WHERE (o.offer_id, o.observed_at, o.call_id) = (n.offer_id, n.observed_at, n.call_id) AND o.source = $4::text;
