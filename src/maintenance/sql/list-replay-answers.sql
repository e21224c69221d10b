-- Purpose: the looks at some offers in the order in which their answers were loaded, and which answers are kept. Within
-- one load that is the order of their calls.
-- Params:  $1 bigint[] offer ids; $2 text source (search, detail)
-- Returns: offer_id, observed_at, call_id, is_found, raw_id (null: the answer is not kept any more)
SELECT o.offer_id, o.observed_at, o.call_id, o.is_found, p.raw_id
FROM catalog.observation o
LEFT JOIN raw.payload p ON p.raw_id = o.raw_id
WHERE o.offer_id = ANY ($1::bigint[]) AND o.source = $2::text
ORDER BY o.offer_id, coalesce(p.loaded_at, o.loaded_at), o.observed_at, o.call_id;
