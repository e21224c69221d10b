-- Purpose: every observation of an offer, with its day.
CREATE VIEW analytics.fct_observation AS
SELECT offer_id, observed_at, (observed_at AT TIME ZONE INTERVAL '8 hours')::date AS day, source, is_found, is_late,
       min_price_cny, stock, sold_count, month_sold, call_id, repurchase_rate, pickup_48h_rate, quality_refund_rate,
       foreign_price, read_sku_ids
FROM catalog.observation;

COMMENT ON VIEW analytics.fct_observation IS 'What one answer showed of one offer. Key: offer_id, observed_at, source, call_id.';
COMMENT ON COLUMN analytics.fct_observation.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.fct_observation.observed_at IS 'Grant time of the call.';
COMMENT ON COLUMN analytics.fct_observation.day IS 'Day of observed_at in Shanghai; indexed.';
COMMENT ON COLUMN analytics.fct_observation.source IS 'detail: an answer about the offer itself; search: a page that listed it.';
COMMENT ON COLUMN analytics.fct_observation.is_found IS 'False: the answer was valid and empty.';
COMMENT ON COLUMN analytics.fct_observation.is_late IS 'True: loaded after a newer observation whose answer is not stored any more, so that no price reflects it.';
COMMENT ON COLUMN analytics.fct_observation.min_price_cny IS 'Lowest list price over all SKUs and quantities (detail), or the price shown (search), in yuan for one unit.';
COMMENT ON COLUMN analytics.fct_observation.stock IS 'Units in stock (detail).';
COMMENT ON COLUMN analytics.fct_observation.sold_count IS 'Units sold, as 1688 counts them (detail).';
COMMENT ON COLUMN analytics.fct_observation.month_sold IS 'Units sold in a month (search).';
COMMENT ON COLUMN analytics.fct_observation.call_id IS 'Call that showed it (usage.api_call; soft reference).';
COMMENT ON COLUMN analytics.fct_observation.repurchase_rate IS 'Share of buyers who came back, 0 to 1 (search).';
COMMENT ON COLUMN analytics.fct_observation.pickup_48h_rate IS 'The seller''s share of orders picked up within 48 hours, 0 to 1 (detail).';
COMMENT ON COLUMN analytics.fct_observation.quality_refund_rate IS 'The seller''s share of orders refunded for their quality, 0 to 1 (detail).';
COMMENT ON COLUMN analytics.fct_observation.foreign_price IS 'The price, converted by 1688 into the currency that the request named (detail). NULL: the request named none; catalog-sync names none.';
COMMENT ON COLUMN analytics.fct_observation.read_sku_ids IS 'If the detail has SKUs that cannot be read: the ids of those that can. NULL: all can be read.';
