-- Purpose: what is kept of a seller outside of stored answers, by table.
-- Params:  $1 text seller id
-- Returns: one row of counts by table: seller, seller_history, offer, offer_attribute, sku, sku_history, offer_change,
--          search_window, seller_observation, shop_suspicion, refresh, api_call
WITH o AS MATERIALIZED (
  SELECT offer_id FROM catalog.offer WHERE seller_id = $1::text
)
SELECT (SELECT count(*) FROM catalog.seller WHERE seller_id = $1::text)::int AS seller,
       (SELECT count(*) FROM catalog.seller_history WHERE seller_id = $1::text)::int AS seller_history,
       (SELECT count(*) FROM o)::int AS offer,
       (SELECT count(*) FROM catalog.offer_attribute JOIN o USING (offer_id))::int AS offer_attribute,
       (SELECT count(*) FROM catalog.sku JOIN o USING (offer_id))::int AS sku,
       (SELECT count(*) FROM catalog.sku_history JOIN o USING (offer_id))::int AS sku_history,
       (SELECT count(*) FROM catalog.offer_change c
        WHERE c.field NOT IN ('state', 'category_id', 'quote_type', 'min_order_quantity', 'batch_number')
          AND c.offer_id IN (SELECT offer_id FROM o)
           OR c.field = 'seller_id' AND $1::text IN (c.old, c.new))::int AS offer_change,
       (SELECT count(*) FROM sync.search_window WHERE seller_id = $1::text)::int AS search_window,
       (SELECT count(*) FROM sync.seller_observation WHERE seller_id = $1::text)::int AS seller_observation,
       (SELECT count(*) FROM sync.shop_suspicion WHERE seller_id = $1::text)::int AS shop_suspicion,
       (SELECT count(*) FROM sync.refresh JOIN o USING (offer_id))::int AS refresh,
       (SELECT count(*) FROM usage.api_call WHERE request @> jsonb_build_object('sellerId', $1::text))::int AS api_call;
