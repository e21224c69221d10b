-- Purpose: what the observations of a day showed of an offer. Conditions on offer and day reach the observations by
--          index. The columns that end in _change cost nothing unless a query selects them.
CREATE VIEW analytics.fct_offer_daily AS
SELECT g.offer_id, g.day, g.observations, g.detail_observations, g.search_observations, g.empty_observations, g.lowest_list_cny, g.lowest_search_cny,
       o.unit, g.stock, g.sold_count, g.month_sold,
       g.stock - (
         SELECT b.stock FROM catalog.observation b
         WHERE b.offer_id = g.offer_id AND b.observed_at < g.starts_at AND b.stock IS NOT NULL
         ORDER BY b.observed_at DESC LIMIT 1) AS stock_change,
       g.sold_count - (
         SELECT b.sold_count FROM catalog.observation b
         WHERE b.offer_id = g.offer_id AND b.observed_at < g.starts_at AND b.sold_count IS NOT NULL
         ORDER BY b.observed_at DESC LIMIT 1) AS sold_count_change,
       g.month_sold - (
         SELECT b.month_sold FROM catalog.observation b
         WHERE b.offer_id = g.offer_id AND b.observed_at < g.starts_at AND b.month_sold IS NOT NULL
         ORDER BY b.observed_at DESC LIMIT 1) AS month_sold_change
FROM (
  SELECT s.offer_id, s.day, s.day::timestamp AT TIME ZONE INTERVAL '8 hours' AS starts_at,
         count(*)::int AS observations,
         count(*) FILTER (WHERE s.source = 'detail')::int AS detail_observations,
         count(*) FILTER (WHERE s.source = 'search')::int AS search_observations,
         count(*) FILTER (WHERE NOT s.is_found)::int AS empty_observations,
         (min(s.min_price_cny) FILTER (WHERE s.source = 'detail'))::numeric(14, 4) AS lowest_list_cny,
         (min(s.min_price_cny) FILTER (WHERE s.source = 'search'))::numeric(14, 4) AS lowest_search_cny,
         (array_agg(s.stock ORDER BY s.observed_at DESC) FILTER (WHERE s.stock IS NOT NULL))[1] AS stock,
         (array_agg(s.sold_count ORDER BY s.observed_at DESC) FILTER (WHERE s.sold_count IS NOT NULL))[1] AS sold_count,
         (array_agg(s.month_sold ORDER BY s.observed_at DESC) FILTER (WHERE s.month_sold IS NOT NULL))[1] AS month_sold
  FROM (SELECT *, (observed_at AT TIME ZONE INTERVAL '8 hours')::date AS day FROM catalog.observation) s
  GROUP BY s.offer_id, s.day
) g
LEFT JOIN catalog.offer o USING (offer_id);

COMMENT ON VIEW analytics.fct_offer_daily IS 'What the observations of one day in Shanghai showed of one offer; days without an observation have no row. Key: offer_id, day.';
COMMENT ON COLUMN analytics.fct_offer_daily.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.fct_offer_daily.day IS 'The day in Shanghai (dim_day); indexed.';
COMMENT ON COLUMN analytics.fct_offer_daily.observations IS 'Answers of the day about the offer: detail_observations + search_observations.';
COMMENT ON COLUMN analytics.fct_offer_daily.detail_observations IS 'Detail answers, empty ones included.';
COMMENT ON COLUMN analytics.fct_offer_daily.search_observations IS 'Search pages that listed it.';
COMMENT ON COLUMN analytics.fct_offer_daily.empty_observations IS 'Detail answers that found nothing.';
COMMENT ON COLUMN analytics.fct_offer_daily.lowest_list_cny IS 'Lowest list price of the day''s detail answers, over all SKUs and quantities, in yuan for one unit.';
COMMENT ON COLUMN analytics.fct_offer_daily.lowest_search_cny IS 'Lowest price that search rows of the day showed.';
COMMENT ON COLUMN analytics.fct_offer_daily.unit IS 'Current unit of sale.';
COMMENT ON COLUMN analytics.fct_offer_daily.stock IS 'Units in stock by the last detail answer of the day.';
COMMENT ON COLUMN analytics.fct_offer_daily.sold_count IS 'Units sold, as 1688 counts them, by the last detail answer of the day.';
COMMENT ON COLUMN analytics.fct_offer_daily.month_sold IS 'Units sold in a month, by the last search row of the day.';
COMMENT ON COLUMN analytics.fct_offer_daily.stock_change IS 'Stock minus the last stock known before the day, which can be days old; null: none was known.';
COMMENT ON COLUMN analytics.fct_offer_daily.sold_count_change IS 'The same difference for sold_count.';
COMMENT ON COLUMN analytics.fct_offer_daily.month_sold_change IS 'The same difference for month_sold.';
