-- Purpose: writes price intervals of locked offers; those that stand in their place are taken away before.
-- Params:  $1 jsonb rows of catalog.price_history; $2 jsonb rows of catalog.price
-- Returns: nothing
WITH closed AS (
  INSERT INTO catalog.price_history
    (offer_id, sku_id, kind, min_quantity, valid_from, valid_to, amount_cny, call_id, closed_by_call_id)
  SELECT n.offer_id, n.sku_id, n.kind, n.min_quantity, n.valid_from, n.valid_to, n.amount_cny, n.call_id,
         n.closed_by_call_id
  FROM jsonb_populate_recordset(NULL::catalog.price_history, $1::jsonb) AS n
)
INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
SELECT n.offer_id, n.sku_id, n.kind, n.min_quantity, n.amount_cny, n.valid_from, n.call_id
FROM jsonb_populate_recordset(NULL::catalog.price, $2::jsonb) AS n;
