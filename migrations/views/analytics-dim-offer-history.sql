-- Purpose: the versions of an offer, made from the change feed, so that an observation without a change adds no row.
--          The value of a field is the old value of its first later change or, without one, the present value.
CREATE VIEW analytics.dim_offer_history AS
SELECT v.offer_id, v.valid_from, v.valid_to, v.valid_to IS NULL AS is_current, v.changed_fields,
       CASE WHEN v.later ? 'state' THEN v.later ->> 'state' ELSE o.state END AS state,
       CASE WHEN v.later ? 'subject' THEN v.later ->> 'subject' ELSE o.subject END AS subject,
       CASE WHEN v.later ? 'subject_translated' THEN v.later ->> 'subject_translated' ELSE o.subject_translated END AS subject_translated,
       CASE WHEN v.later ? 'category_id' THEN (v.later ->> 'category_id')::bigint ELSE o.category_id END AS category_id,
       CASE WHEN v.later ? 'seller_id' THEN v.later ->> 'seller_id' ELSE o.seller_id END AS seller_id,
       CASE WHEN v.later ? 'quote_type' THEN (v.later ->> 'quote_type')::int ELSE o.quote_type END AS quote_type,
       CASE WHEN v.later ? 'unit' THEN v.later ->> 'unit' ELSE o.unit END AS unit,
       CASE WHEN v.later ? 'min_order_quantity' THEN (v.later ->> 'min_order_quantity')::int ELSE o.min_order_quantity END AS min_order_quantity,
       CASE WHEN v.later ? 'batch_number' THEN (v.later ->> 'batch_number')::int ELSE o.batch_number END AS batch_number,
       CASE WHEN v.later ? 'main_image_url' THEN v.later ->> 'main_image_url' ELSE o.main_image_url END AS main_image_url,
       CASE WHEN v.later ? 'ship_from' THEN v.later ->> 'ship_from' ELSE o.ship_from END AS ship_from,
       CASE WHEN v.later ? 'shipping_time_guarantee' THEN v.later ->> 'shipping_time_guarantee' ELSE o.shipping_time_guarantee END AS shipping_time_guarantee
FROM (
  SELECT offer_id, observed_at AS valid_from,
         lead(observed_at) OVER (PARTITION BY offer_id ORDER BY observed_at) AS valid_to,
         array_agg(field ORDER BY field) AS changed_fields,
         -- All rows of one time have the same value: the changes after that time.
         coalesce((array_agg(later))[1], '{}') AS later
  FROM (
    SELECT offer_id, observed_at, field,
           -- jsonb_object_agg keeps the last value of a key: that of the earliest later change.
           jsonb_object_agg(field, old) OVER (
             PARTITION BY offer_id ORDER BY observed_at DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS later
    FROM catalog.offer_change
  ) c
  GROUP BY offer_id, observed_at
) v
JOIN catalog.offer o USING (offer_id);

COMMENT ON VIEW analytics.dim_offer_history IS 'One version of an offer: its values over [valid_from, valid_to), a time in which no change of these columns, or of another field of fct_offer_change, was observed. What the first detail adds to a search row counts as true before it. Filter by offer_id. Key: offer_id, valid_from.';
COMMENT ON COLUMN analytics.dim_offer_history.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.dim_offer_history.valid_from IS 'Grant time of the first call that showed this version. The version began after not_before in fct_offer_change.';
COMMENT ON COLUMN analytics.dim_offer_history.valid_to IS 'Grant time of the call that showed another value; null: this is the current version.';
COMMENT ON COLUMN analytics.dim_offer_history.is_current IS 'True: no later observation showed another value.';
COMMENT ON COLUMN analytics.dim_offer_history.changed_fields IS 'Fields that changed at valid_from, named as in fct_offer_change; for a new offer: state.';
COMMENT ON COLUMN analytics.dim_offer_history.state IS 'listed, delisted, missing or gone, as in dim_offer.';
COMMENT ON COLUMN analytics.dim_offer_history.subject IS 'Title in Chinese.';
COMMENT ON COLUMN analytics.dim_offer_history.subject_translated IS 'Title in the language of the sync.';
COMMENT ON COLUMN analytics.dim_offer_history.category_id IS 'Leaf category (dim_category).';
COMMENT ON COLUMN analytics.dim_offer_history.seller_id IS 'Seller (dim_seller).';
COMMENT ON COLUMN analytics.dim_offer_history.quote_type IS '0: no SKU, price by quantity; 1: price by SKU; 2: SKUs, but price by quantity.';
COMMENT ON COLUMN analytics.dim_offer_history.unit IS 'Unit of sale.';
COMMENT ON COLUMN analytics.dim_offer_history.min_order_quantity IS 'Smallest order, in units.';
COMMENT ON COLUMN analytics.dim_offer_history.batch_number IS 'Units are sold in multiples of this.';
COMMENT ON COLUMN analytics.dim_offer_history.main_image_url IS 'Main image.';
COMMENT ON COLUMN analytics.dim_offer_history.ship_from IS 'Where the goods are sent from.';
COMMENT ON COLUMN analytics.dim_offer_history.shipping_time_guarantee IS 'Latest time of dispatch: shipIn24Hours, shipIn48Hours.';
