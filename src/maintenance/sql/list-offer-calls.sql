-- Purpose: the calls about offers of an erased seller.
-- Params:  $1 bytea hash of the seller
-- Returns: callId
SELECT DISTINCT o.call_id AS "callId"
FROM sync.erased_offer e
JOIN catalog.observation o USING (offer_id)
WHERE e.seller_hash = $1::bytea;
