-- Purpose: every interval of an offer's prices, with the call that opened and the one that ended it.
-- Params:  $1 bigint offer id
-- Returns: skuId ('0': the offer as a whole), label, kind, minQuantity, amountCny, validFrom, validTo (null: holds),
--          callId, closedByCallId
SELECT e.sku_id::text AS "skuId", s.label, e.kind, e.min_quantity AS "minQuantity",
       trim_scale(e.amount_cny)::text AS "amountCny", e.valid_from AS "validFrom", e.valid_to AS "validTo",
       e.call_id::text AS "callId", e.closed_by_call_id::text AS "closedByCallId"
FROM (
  SELECT offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id
  FROM catalog.price_history
  WHERE offer_id = $1::bigint
  UNION ALL
  SELECT offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, NULL, call_id, NULL
  FROM catalog.price
  WHERE offer_id = $1::bigint
) e
LEFT JOIN catalog.sku s ON (s.offer_id, s.sku_id) = (e.offer_id, e.sku_id)
ORDER BY e.sku_id, e.kind, e.min_quantity, e.valid_from;
