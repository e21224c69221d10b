-- Purpose: the newest detail answer that found each of some offers.
-- Params:  $1 bigint[] offer ids
-- Returns: offer_id, observed_at, call_id, for offers that any found
SELECT DISTINCT ON (offer_id) offer_id, observed_at, call_id
FROM catalog.observation
WHERE offer_id = ANY ($1::bigint[]) AND source = 'detail' AND is_found
ORDER BY offer_id, observed_at DESC, call_id DESC;
