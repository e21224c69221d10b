-- Purpose: the change feed with its days.
CREATE VIEW analytics.fct_offer_change AS
SELECT change_id, offer_id, field, old AS old_value, new AS new_value, observed_at,
       (observed_at AT TIME ZONE 'Asia/Shanghai')::date AS day, call_id
FROM catalog.offer_change;

COMMENT ON VIEW analytics.fct_offer_change IS 'One change of one field of an offer; prices are in fct_price_change. Key: change_id.';
COMMENT ON COLUMN analytics.fct_offer_change.change_id IS 'Grows with every change; a transaction that commits late may fill a gap.';
COMMENT ON COLUMN analytics.fct_offer_change.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.fct_offer_change.field IS 'Column of dim_offer, or main_image_url, video_url, ship_from.';
COMMENT ON COLUMN analytics.fct_offer_change.old_value IS 'Value before, as text; state with null: the offer is new.';
COMMENT ON COLUMN analytics.fct_offer_change.new_value IS 'Value after, as text.';
COMMENT ON COLUMN analytics.fct_offer_change.observed_at IS 'When the call that showed it was granted.';
COMMENT ON COLUMN analytics.fct_offer_change.day IS 'Day of that in Shanghai; found by an index.';
COMMENT ON COLUMN analytics.fct_offer_change.call_id IS 'Call that showed it (usage.api_call; soft reference).';
