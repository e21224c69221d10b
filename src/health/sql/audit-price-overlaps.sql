-- Purpose: finds price intervals of one key that overlap, the current price included. There must be none.
-- Params:  $1 bigint[] offer ids
-- Returns: offerId, skuId, kind, minQuantity, validFrom, validTo of an interval, and nextFrom of the one that begins
--          before it ends
WITH interval_of_key AS (
  SELECT offer_id, sku_id, kind, min_quantity, valid_from, valid_to
  FROM catalog.price_history
  WHERE offer_id = ANY ($1::bigint[])
  UNION ALL
  SELECT offer_id, sku_id, kind, min_quantity, valid_from, 'infinity'
  FROM catalog.price
  WHERE offer_id = ANY ($1::bigint[])
),
followed AS (
  SELECT *,
         lead(valid_from) OVER (PARTITION BY offer_id, sku_id, kind, min_quantity ORDER BY valid_from, valid_to)
           AS next_from
  FROM interval_of_key
)
SELECT offer_id AS "offerId", sku_id AS "skuId", kind, min_quantity AS "minQuantity", valid_from AS "validFrom",
       valid_to AS "validTo", next_from AS "nextFrom"
FROM followed
WHERE next_from < valid_to
ORDER BY offer_id, sku_id, kind, min_quantity, valid_from;
