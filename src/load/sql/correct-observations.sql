-- Purpose: corrects stored observations to what this release reads in their answers. Leaves alone whether they came
--          late.
-- Params:  $1 jsonb rows of catalog.observation
-- Returns: offer_id of each observation that was written
UPDATE catalog.observation o
SET is_found = n.is_found, min_price_cny = n.min_price_cny, stock = n.stock, sold_count = n.sold_count,
    month_sold = n.month_sold, repurchase_rate = n.repurchase_rate, pickup_48h_rate = n.pickup_48h_rate,
    quality_refund_rate = n.quality_refund_rate, foreign_price = n.foreign_price,
    read_sku_ids = n.read_sku_ids
FROM jsonb_populate_recordset(NULL::catalog.observation, $1::jsonb) AS n
WHERE (o.offer_id, o.observed_at, o.call_id) = (n.offer_id, n.observed_at, n.call_id)
  AND (o.is_found, o.min_price_cny, o.stock, o.sold_count, o.month_sold, o.repurchase_rate, o.pickup_48h_rate,
       o.quality_refund_rate, o.foreign_price, o.read_sku_ids)
      IS DISTINCT FROM (n.is_found, n.min_price_cny, n.stock, n.sold_count, n.month_sold, n.repurchase_rate, n.pickup_48h_rate,
                        n.quality_refund_rate, n.foreign_price, n.read_sku_ids)
RETURNING o.offer_id;
