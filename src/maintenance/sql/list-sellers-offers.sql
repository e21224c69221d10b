-- Purpose: some offers of a seller.
-- Params:  $1 text seller id; $2 int how many
-- Returns: offer_id, ascending
SELECT offer_id
FROM catalog.offer
WHERE seller_id = $1::text
ORDER BY offer_id
LIMIT $2::int;
