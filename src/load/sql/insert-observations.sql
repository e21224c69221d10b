-- Purpose: records what calls saw of offers. Leaves out what is already recorded: its answer was loaded before.
-- Params:  $1 jsonb [{offer_id, observed_at, source, call_id, is_found, min_price_cny, stock, sold_count,
--          month_sold, repurchase_rate, pickup_48h_rate, quality_refund_rate, foreign_price, read_sku_ids}]
-- Returns: offer_id, call_id of those it booked
INSERT INTO catalog.observation
  (offer_id, observed_at, source, call_id, is_found, is_late, min_price_cny, stock, sold_count, month_sold,
   repurchase_rate, pickup_48h_rate, quality_refund_rate, foreign_price, read_sku_ids, loaded_at)
SELECT n.offer_id, n.observed_at, n.source, n.call_id, n.is_found, false, n.min_price_cny, n.stock, n.sold_count,
       n.month_sold, n.repurchase_rate, n.pickup_48h_rate, n.quality_refund_rate, n.foreign_price, n.read_sku_ids, clock_timestamp()
FROM jsonb_populate_recordset(NULL::catalog.observation, $1::jsonb) AS n
ON CONFLICT DO NOTHING
RETURNING offer_id, call_id;
