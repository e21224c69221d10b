-- Purpose: which of some offers are erased, and which of some sellers.
-- Params:  $1 bigint[] offer ids; $2 text[] seller ids
-- Returns: offerId or sellerId, the other one null
SELECT e.offer_id AS "offerId", NULL::text AS "sellerId"
FROM sync.erased_offer e
WHERE e.offer_id = ANY ($1::bigint[])
UNION ALL
SELECT NULL, n.seller_id
FROM unnest($2::text[]) AS n (seller_id)
WHERE EXISTS (SELECT FROM sync.erased_seller e WHERE e.seller_hash = sha256(convert_to(n.seller_id, 'UTF8')));
