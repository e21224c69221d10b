-- Purpose: the observations of some offers that made their history, in order.
-- Params:  $1 bigint[] offer ids; $2 text source (search, detail)
-- Returns: offer_id, observed_at, call_id, is_found (the answers need not be kept any more)
SELECT offer_id, observed_at, call_id, is_found
FROM catalog.observation
WHERE offer_id = ANY ($1::bigint[]) AND source = $2::text AND NOT is_late
ORDER BY offer_id, observed_at, call_id;
