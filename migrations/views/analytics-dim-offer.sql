-- Purpose: offers with the names of their category and seller. Joins and subqueries of columns that a query does not
--          select cost nothing.
CREATE VIEW analytics.dim_offer AS
SELECT o.offer_id, o.subject, o.subject_translated, o.state, o.source_status, o.category_id,
       c.path_zh AS category_path_zh, c.path_translated AS category_path_translated,
       o.seller_id, s.company_name AS seller_name, o.quote_type, o.unit, o.unit_translated, o.min_order_quantity,
       o.batch_number,
       (SELECT min(p.amount_cny) FROM catalog.price p WHERE p.offer_id = o.offer_id AND p.kind = 'list')::numeric(14, 4) AS lowest_list_cny,
       -- The last range that begins at or below the smallest order; if there is none, the first range.
       (SELECT p.amount_cny FROM catalog.price p WHERE p.offer_id = o.offer_id AND p.kind = 'list'
        ORDER BY CASE WHEN p.min_quantity <= o.min_order_quantity THEN -p.min_quantity ELSE p.min_quantity END, p.amount_cny
        LIMIT 1) AS smallest_order_list_cny,
       o.trade_score, o.main_image_url, o.ship_from, o.source_created_at, o.source_modified_at,
       r.first_seen_at, (r.first_seen_at AT TIME ZONE INTERVAL '8 hours')::date AS first_seen_day,
       r.summary_at AS search_seen_at, r.detail_at AS detail_seen_at, o.changed_at,
       (o.changed_at AT TIME ZONE INTERVAL '8 hours')::date AS changed_day,
       o.shipping_time_guarantee, o.promotion_type, o.tags, o.is_mix_allowed, o.mix_amount_cny, o.mix_quantity, o.cargo_number,
       o.selling_points, o.certificates, o.weight_g, o.weight_source, o.length_mm, o.width_mm, o.height_mm, o.size_source,
       o.seller_identities, o.offer_identities, o.is_patent_product,
       (SELECT b.repurchase_rate FROM catalog.observation b
        WHERE b.offer_id = o.offer_id AND b.repurchase_rate IS NOT NULL
        ORDER BY b.observed_at DESC LIMIT 1) AS repurchase_rate
FROM catalog.offer o
LEFT JOIN analytics.dim_category c USING (category_id)
LEFT JOIN catalog.seller s USING (seller_id)
LEFT JOIN sync.refresh r USING (offer_id);

COMMENT ON VIEW analytics.dim_offer IS 'One offer, as last observed: by the newest detail answer, else by the newest search row. Key: offer_id.';
COMMENT ON COLUMN analytics.dim_offer.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN analytics.dim_offer.subject IS 'Title in Chinese.';
COMMENT ON COLUMN analytics.dim_offer.subject_translated IS 'Title in the language of the sync; the Chinese title where 1688 has no translation.';
COMMENT ON COLUMN analytics.dim_offer.state IS 'listed: on sale; delisted: found, but not on sale; missing: its detail answer was empty, or no search lists it any more; gone: two detail answers in a row were empty. Delisted and missing offers keep their last known prices. The prices of gone offers have ended, except the last ones of search rows.';
COMMENT ON COLUMN analytics.dim_offer.source_status IS 'Status in 1688''s words; published is on sale. Null until a detail answer states it.';
COMMENT ON COLUMN analytics.dim_offer.category_id IS 'Leaf category (dim_category).';
COMMENT ON COLUMN analytics.dim_offer.category_path_zh IS 'Chinese names of its category from the root down; null: the category was not fetched.';
COMMENT ON COLUMN analytics.dim_offer.category_path_translated IS 'category_path_zh in the language of the sync.';
COMMENT ON COLUMN analytics.dim_offer.seller_id IS 'Seller (dim_seller); null until a detail answer names it.';
COMMENT ON COLUMN analytics.dim_offer.seller_name IS 'Company name of the seller.';
COMMENT ON COLUMN analytics.dim_offer.quote_type IS '0: no SKU, price by quantity; 1: price by SKU; 2: SKUs, but price by quantity. Null until a detail answer states it.';
COMMENT ON COLUMN analytics.dim_offer.unit IS 'Unit of sale: quantities count it, and prices are for one of it.';
COMMENT ON COLUMN analytics.dim_offer.unit_translated IS 'Unit in the language of the sync.';
COMMENT ON COLUMN analytics.dim_offer.min_order_quantity IS 'Smallest order, in units.';
COMMENT ON COLUMN analytics.dim_offer.batch_number IS 'Units are sold in multiples of this.';
COMMENT ON COLUMN analytics.dim_offer.lowest_list_cny IS 'Lowest list price in yuan per unit, over all SKUs and quantities; often the price of a large order. Null: none is known.';
COMMENT ON COLUMN analytics.dim_offer.smallest_order_list_cny IS 'List price in yuan per unit of the smallest possible order, for the SKU that is cheapest at that quantity. The quantity is min_order_quantity or, if the lowest price range begins above it, the start of that range. Best column for comparing offers.';
COMMENT ON COLUMN analytics.dim_offer.trade_score IS 'Score of the offer, as 1688 counts it.';
COMMENT ON COLUMN analytics.dim_offer.main_image_url IS 'Main image.';
COMMENT ON COLUMN analytics.dim_offer.ship_from IS 'Where the goods are sent from.';
COMMENT ON COLUMN analytics.dim_offer.source_created_at IS 'Creation time, as 1688 states it.';
COMMENT ON COLUMN analytics.dim_offer.source_modified_at IS 'Modification time, as the newest search row states it.';
COMMENT ON COLUMN analytics.dim_offer.first_seen_at IS 'Time of the earliest answer that named it.';
COMMENT ON COLUMN analytics.dim_offer.first_seen_day IS 'Day of first_seen_at in Shanghai.';
COMMENT ON COLUMN analytics.dim_offer.search_seen_at IS 'Time of the newest search row; null: none.';
COMMENT ON COLUMN analytics.dim_offer.detail_seen_at IS 'Time of the newest detail answer; null: none.';
COMMENT ON COLUMN analytics.dim_offer.changed_at IS 'Grant time of the last call that changed it.';
COMMENT ON COLUMN analytics.dim_offer.changed_day IS 'Day of changed_at in Shanghai.';
COMMENT ON COLUMN analytics.dim_offer.shipping_time_guarantee IS 'Latest time of dispatch: shipIn24Hours, shipIn48Hours.';
COMMENT ON COLUMN analytics.dim_offer.promotion_type IS 'Who pays promotionPrice, in 1688''s word: plus = members of PLUS. NULL: not stated.';
COMMENT ON COLUMN analytics.dim_offer.tags IS 'Keys of the tags that are set: isOnePsale (dropshipping), isOnePsaleFreePostage, isSupportMix and others. NULL: no tags in the answer.';
COMMENT ON COLUMN analytics.dim_offer.is_mix_allowed IS 'True: the seller allows orders that mix this offer with others.';
COMMENT ON COLUMN analytics.dim_offer.mix_amount_cny IS 'A mixed order is accepted from this amount in yuan, or from mix_quantity.';
COMMENT ON COLUMN analytics.dim_offer.mix_quantity IS 'A mixed order is accepted from this many units, or from mix_amount_cny.';
COMMENT ON COLUMN analytics.dim_offer.cargo_number IS 'The seller''s article number for the whole offer.';
COMMENT ON COLUMN analytics.dim_offer.selling_points IS 'Selling points that the seller states.';
COMMENT ON COLUMN analytics.dim_offer.certificates IS 'Certificates that the seller shows: name, code, photoUrls.';
COMMENT ON COLUMN analytics.dim_offer.weight_g IS 'Shipping weight of one unit, in grams; NULL: not known.';
COMMENT ON COLUMN analytics.dim_offer.weight_source IS 'Source of weight_g: official (1688 measured it), seller, or estimated (by 1688). NULL: not stated.';
COMMENT ON COLUMN analytics.dim_offer.length_mm IS 'Shipping length of one unit, in millimetres; NULL: not all three sides are known.';
COMMENT ON COLUMN analytics.dim_offer.width_mm IS 'Width, in millimetres.';
COMMENT ON COLUMN analytics.dim_offer.height_mm IS 'Height, in millimetres.';
COMMENT ON COLUMN analytics.dim_offer.size_source IS 'Source of the three sides, as weight_source.';
COMMENT ON COLUMN analytics.dim_offer.seller_identities IS 'Labels of the merchant in search rows: super_factory, powerful_merchants, tp_member. If the seller is known, see dim_seller.identities.';
COMMENT ON COLUMN analytics.dim_offer.offer_identities IS 'Labels of the offer in search rows: yx, select.';
COMMENT ON COLUMN analytics.dim_offer.is_patent_product IS 'True: a search row says that a patent protects it.';
COMMENT ON COLUMN analytics.dim_offer.repurchase_rate IS 'Share of buyers who came back, 0 to 1, from the newest search row that states it; earlier values are in fct_observation.';
