-- Purpose: the answers, kept or not, about offers of an erased seller.
-- Params:  $1 bytea hash of the seller
-- Returns: rawId
SELECT DISTINCT o.raw_id AS "rawId"
FROM sync.erased_offer e
JOIN catalog.observation o USING (offer_id)
WHERE e.seller_hash = $1::bytea;
