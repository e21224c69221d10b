-- Purpose: prices by day in Shanghai. Joins days with intervals, without expanding every interval into days and without
--          grouping, so that conditions on offers and days, and joins by offer, reach the tables.
CREATE VIEW analytics.fct_price_daily AS
SELECT h.offer_id, h.sku_id, h.kind, h.min_quantity, d.day, h.amount_cny,
       -- The array distinguishes a unit that was not stated (a null element) from no row.
       (coalesce(
         (SELECT ARRAY[c.old]
          FROM catalog.offer_change c
          WHERE c.offer_id = h.offer_id AND c.field = 'unit' AND c.observed_at >= d.ends_at
          ORDER BY c.observed_at, c.change_id
          LIMIT 1),
         ARRAY[o.unit]))[1] AS unit,
       EXISTS (
         SELECT FROM catalog.observation s
         WHERE s.offer_id = h.offer_id AND s.observed_at >= d.starts_at AND s.observed_at < d.ends_at AND s.is_found
           AND NOT s.is_late
           AND s.source = CASE WHEN h.kind::text LIKE 'search%' THEN 'search' ELSE 'detail' END
       ) AS is_observed
FROM analytics.dim_day d
JOIN analytics.fct_price_history h ON h.valid_from < d.ends_at AND (h.is_current OR h.valid_to >= d.ends_at)
LEFT JOIN catalog.offer o USING (offer_id);

COMMENT ON VIEW analytics.fct_price_daily IS 'One price as it was at the end of one day in Shanghai; for today: as it is now. Filter by offer_id, by a range of days, or both. Key: offer_id, sku_id, kind, min_quantity, day.';
COMMENT ON COLUMN analytics.fct_price_daily.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.fct_price_daily.sku_id IS 'SKU the price is for; 0 = the offer as a whole.';
COMMENT ON COLUMN analytics.fct_price_daily.kind IS 'Kind of price, as in fct_price_history.';
COMMENT ON COLUMN analytics.fct_price_daily.min_quantity IS 'The price holds from this many units on.';
COMMENT ON COLUMN analytics.fct_price_daily.day IS 'The day in Shanghai (dim_day).';
COMMENT ON COLUMN analytics.fct_price_daily.amount_cny IS 'Price in yuan for one unit.';
COMMENT ON COLUMN analytics.fct_price_daily.unit IS 'Unit of sale when the day ended.';
COMMENT ON COLUMN analytics.fct_price_daily.is_observed IS 'True: an observation of this day found the offer. False: the price is carried over from an earlier observation.';
