-- Purpose: offers with the names of what they belong to. Joins and subqueries that a statement doesn't ask for cost
--          nothing.
CREATE VIEW analytics.dim_offer AS
SELECT o.offer_id, o.subject, o.subject_translated, o.state, o.source_status, o.category_id,
       c.path_zh AS category_path_zh, c.path_translated AS category_path_translated,
       o.seller_id, s.company_name AS seller_name, o.quote_type, o.unit, o.unit_translated, o.min_order_quantity,
       o.batch_number,
       (SELECT min(p.amount_cny) FROM catalog.price p WHERE p.offer_id = o.offer_id AND p.kind = 'list') AS lowest_list_cny,
       (SELECT min(p.amount_cny)
        FROM catalog.price p
        WHERE p.offer_id = o.offer_id AND p.kind = 'list'
          AND p.min_quantity = (
            SELECT min(f.min_quantity) FROM catalog.price f WHERE f.offer_id = o.offer_id AND f.kind = 'list')
       ) AS smallest_order_list_cny,
       o.trade_score, o.main_image_url, o.ship_from, o.source_created_at, o.source_modified_at,
       r.first_seen_at, (r.first_seen_at AT TIME ZONE 'Asia/Shanghai')::date AS first_seen_day,
       r.summary_at AS search_seen_at, r.detail_at AS detail_seen_at, o.changed_at,
       (o.changed_at AT TIME ZONE 'Asia/Shanghai')::date AS changed_day
FROM catalog.offer o
LEFT JOIN analytics.dim_category c USING (category_id)
LEFT JOIN catalog.seller s USING (seller_id)
LEFT JOIN sync.refresh r USING (offer_id);

COMMENT ON VIEW analytics.dim_offer IS 'One offer, as it is now as far as is known: the newest detail answer, else the newest search row. Key: offer_id.';
COMMENT ON COLUMN analytics.dim_offer.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN analytics.dim_offer.subject IS 'Title in Chinese.';
COMMENT ON COLUMN analytics.dim_offer.subject_translated IS 'Title in the language of the sync; equals the Chinese one where 1688 has no translation.';
COMMENT ON COLUMN analytics.dim_offer.state IS 'listed: on sale; delisted: found, but not on sale; missing: its detail answer was empty, or no search lists it any more; gone: two detail answers in a row were empty. Delisted and missing ones keep the last prices known; those of gone ones have ended.';
COMMENT ON COLUMN analytics.dim_offer.source_status IS '1688''s own word: published is on sale; null until a detail answer said it.';
COMMENT ON COLUMN analytics.dim_offer.category_id IS 'Leaf category (dim_category).';
COMMENT ON COLUMN analytics.dim_offer.category_path_zh IS 'Chinese names of its category from the root down; null: the node was not visited.';
COMMENT ON COLUMN analytics.dim_offer.category_path_translated IS 'The same in the language of the sync.';
COMMENT ON COLUMN analytics.dim_offer.seller_id IS 'Seller (dim_seller); null until a detail answer named it.';
COMMENT ON COLUMN analytics.dim_offer.seller_name IS 'Company name of the seller.';
COMMENT ON COLUMN analytics.dim_offer.quote_type IS '0: no SKU, price by quantity; 1: price by SKU; 2: SKUs, but price by quantity. Null until a detail answer said it.';
COMMENT ON COLUMN analytics.dim_offer.unit IS 'Unit of sale, which quantities count and prices are for.';
COMMENT ON COLUMN analytics.dim_offer.unit_translated IS 'Unit in the language of the sync.';
COMMENT ON COLUMN analytics.dim_offer.min_order_quantity IS 'Smallest order, in units.';
COMMENT ON COLUMN analytics.dim_offer.batch_number IS 'Units are sold in multiples of this.';
COMMENT ON COLUMN analytics.dim_offer.lowest_list_cny IS 'Lowest list price in yuan a unit, over all SKUs and quantities: often that of a big order. Null: none is known.';
COMMENT ON COLUMN analytics.dim_offer.smallest_order_list_cny IS 'Lowest list price in yuan a unit for the smallest order, over all SKUs: what offers are best compared by.';
COMMENT ON COLUMN analytics.dim_offer.trade_score IS 'Score of the offer, as 1688 counts it.';
COMMENT ON COLUMN analytics.dim_offer.main_image_url IS 'Main image.';
COMMENT ON COLUMN analytics.dim_offer.ship_from IS 'Where it is sent from.';
COMMENT ON COLUMN analytics.dim_offer.source_created_at IS 'When 1688 says it was created.';
COMMENT ON COLUMN analytics.dim_offer.source_modified_at IS 'When 1688 says it was modified, by the newest search row.';
COMMENT ON COLUMN analytics.dim_offer.first_seen_at IS 'Earliest answer that named it.';
COMMENT ON COLUMN analytics.dim_offer.first_seen_day IS 'Day of that in Shanghai.';
COMMENT ON COLUMN analytics.dim_offer.search_seen_at IS 'Newest search row; null: none.';
COMMENT ON COLUMN analytics.dim_offer.detail_seen_at IS 'Newest detail answer; null: never looked at.';
COMMENT ON COLUMN analytics.dim_offer.changed_at IS 'When the call that last changed it was granted.';
COMMENT ON COLUMN analytics.dim_offer.changed_day IS 'Day of that in Shanghai.';
