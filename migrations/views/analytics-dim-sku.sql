-- Purpose: SKUs as their offers' newest detail answers list them.
CREATE VIEW analytics.dim_sku AS
SELECT k.offer_id, k.sku_id, k.state, k.label, k.attributes, k.cargo_number, k.spec_id, k.stock, o.unit, k.image_url,
       k.last_listed_at, (k.last_listed_at AT TIME ZONE INTERVAL '8 hours')::date AS last_listed_day,
       k.changed_at, (k.changed_at AT TIME ZONE INTERVAL '8 hours')::date AS changed_day,
       k.weight_g, k.weight_source, k.length_mm, k.width_mm, k.height_mm, k.size_source,
       k.first_seen_at, (k.first_seen_at AT TIME ZONE INTERVAL '8 hours')::date AS first_seen_day,
       CASE k.state WHEN 'listed' THEN r.found_at ELSE k.last_listed_at END AS last_seen_at
FROM catalog.sku k
LEFT JOIN catalog.offer o USING (offer_id)
LEFT JOIN sync.refresh r USING (offer_id);

COMMENT ON VIEW analytics.dim_sku IS 'One SKU of an offer, as known now; earlier versions are in dim_sku_history, earlier stocks in fct_stock_history. Key: offer_id, sku_id.';
COMMENT ON COLUMN analytics.dim_sku.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.dim_sku.sku_id IS 'SKU id of 1688.';
COMMENT ON COLUMN analytics.dim_sku.state IS 'listed: in the newest detail answer that found the offer; gone: only in older ones.';
COMMENT ON COLUMN analytics.dim_sku.label IS 'Attributes as one readable text.';
COMMENT ON COLUMN analytics.dim_sku.attributes IS 'Attributes as JSON: attributeId, name, value, nameTranslated, valueTranslated.';
COMMENT ON COLUMN analytics.dim_sku.cargo_number IS 'The seller''s article number.';
COMMENT ON COLUMN analytics.dim_sku.spec_id IS '1688''s specId, by which orders name the SKU.';
COMMENT ON COLUMN analytics.dim_sku.stock IS 'Units in stock at the newest observation.';
COMMENT ON COLUMN analytics.dim_sku.unit IS 'Unit of sale of the offer.';
COMMENT ON COLUMN analytics.dim_sku.image_url IS 'Image.';
COMMENT ON COLUMN analytics.dim_sku.last_listed_at IS 'For gone SKUs: time of the newest observation that still listed it. Null while listed.';
COMMENT ON COLUMN analytics.dim_sku.last_listed_day IS 'Day of last_listed_at in Shanghai.';
COMMENT ON COLUMN analytics.dim_sku.changed_at IS 'Grant time of the last call that changed it; for gone SKUs: of the call that showed it gone.';
COMMENT ON COLUMN analytics.dim_sku.changed_day IS 'Day of changed_at in Shanghai.';
COMMENT ON COLUMN analytics.dim_sku.weight_g IS 'Shipping weight of one unit, in grams; NULL: not known.';
COMMENT ON COLUMN analytics.dim_sku.weight_source IS 'Source of weight_g: official (1688 measured it), seller, or estimated (by 1688). NULL: not stated.';
COMMENT ON COLUMN analytics.dim_sku.length_mm IS 'Shipping length of one unit, in millimetres; NULL: not all three sides are known.';
COMMENT ON COLUMN analytics.dim_sku.width_mm IS 'Width, in millimetres.';
COMMENT ON COLUMN analytics.dim_sku.height_mm IS 'Height, in millimetres.';
COMMENT ON COLUMN analytics.dim_sku.size_source IS 'Source of the three sides, as weight_source.';
COMMENT ON COLUMN analytics.dim_sku.first_seen_at IS 'Time of the earliest detail answer that listed it. Null: an earlier release listed it and did not store this time; reprocess finds it in stored answers.';
COMMENT ON COLUMN analytics.dim_sku.first_seen_day IS 'Day of first_seen_at in Shanghai.';
COMMENT ON COLUMN analytics.dim_sku.last_seen_at IS 'Time of the newest detail answer that listed it; while it is listed, the newest that found the offer.';
