-- Purpose: the shops of some offers that are suspected to have repriced, or of which a price changed; and the suspected
--          ones of the shops whose lists were seen.
-- Params:  $1 bigint[] offer ids, each once; $2 bigint[] those of them that changed; $3 text[] sellers whose lists were seen
-- Returns: sellerId, offerIds (text[], of $1; empty: only its list was seen)
WITH offer AS MATERIALIZED (
  SELECT offer_id, seller_id FROM catalog.offer WHERE offer_id = ANY ($1::bigint[]) AND seller_id IS NOT NULL
),
shop AS (
  SELECT seller_id FROM offer WHERE offer_id = ANY ($2::bigint[])
  UNION
  SELECT s.seller_id
  FROM (SELECT seller_id FROM offer UNION SELECT unnest($3::text[])) n
  JOIN sync.shop_suspicion s USING (seller_id)
  WHERE s.log_odds IS NOT NULL
)
SELECT s.seller_id AS "sellerId", coalesce(array_agg(o.offer_id::text) FILTER (WHERE o.offer_id IS NOT NULL), '{}') AS "offerIds"
FROM shop s
LEFT JOIN offer o USING (seller_id)
GROUP BY s.seller_id;
