-- Purpose: takes price intervals of locked offers away, before others are written in their place.
-- Params:  $1 jsonb [{offer_id, sku_id, kind, min_quantity, valid_from}] of the history; $2 jsonb [{offer_id, sku_id,
--          kind, min_quantity}] of those that hold
-- Returns: nothing
WITH current AS (
  DELETE FROM catalog.price p
  USING jsonb_populate_recordset(NULL::catalog.price, $2::jsonb) AS n
  WHERE (p.offer_id, p.sku_id, p.kind, p.min_quantity) = (n.offer_id, n.sku_id, n.kind, n.min_quantity)
)
DELETE FROM catalog.price_history h
USING jsonb_populate_recordset(NULL::catalog.price_history, $1::jsonb) AS n
WHERE (h.offer_id, h.sku_id, h.kind, h.min_quantity, h.valid_from)
      = (n.offer_id, n.sku_id, n.kind, n.min_quantity, n.valid_from);
