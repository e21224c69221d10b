-- Purpose: what hangs on a category and on all nodes below. By subquery for each category, so that a condition on it
--          leaves the others alone.
CREATE VIEW analytics.category_summary AS
SELECT c.category_id, c.level, c.path_zh, c.path_translated, c.is_leaf, c.is_retired, s.*
FROM analytics.dim_category c
CROSS JOIN LATERAL (
  SELECT count(*)::int AS offers,
         count(*) FILTER (WHERE o.state = 'listed')::int AS listed_offers,
         count(DISTINCT o.seller_id)::int AS sellers,
         count(p.cny)::int AS priced_offers,
         min(p.cny) AS min_cny,
         percentile_disc(0.25) WITHIN GROUP (ORDER BY p.cny) AS quartile_1_cny,
         percentile_disc(0.5) WITHIN GROUP (ORDER BY p.cny) AS median_cny,
         percentile_disc(0.75) WITHIN GROUP (ORDER BY p.cny) AS quartile_3_cny,
         max(p.cny) AS max_cny
  FROM (SELECT category_id, array_remove(string_to_array(path, '/'), '')::bigint[] AS path_ids FROM catalog.category) b
  JOIN analytics.dim_offer o ON o.category_id = b.category_id
  -- OFFSET keeps it one look-up an offer, in place of one for each column below.
  CROSS JOIN LATERAL (SELECT CASE WHEN o.state = 'listed' THEN o.smallest_order_list_cny END AS cny OFFSET 0) p
  WHERE b.path_ids @> ARRAY[c.category_id]
) s;

COMMENT ON VIEW analytics.category_summary IS 'Offers and prices of one category, those of all categories below included. Key: category_id.';
COMMENT ON COLUMN analytics.category_summary.category_id IS 'Category (dim_category).';
COMMENT ON COLUMN analytics.category_summary.level IS '1 for roots.';
COMMENT ON COLUMN analytics.category_summary.path_zh IS 'Chinese names from the root down.';
COMMENT ON COLUMN analytics.category_summary.path_translated IS 'The same in the language of the sync.';
COMMENT ON COLUMN analytics.category_summary.is_leaf IS 'True: no nodes below.';
COMMENT ON COLUMN analytics.category_summary.is_retired IS 'Marked 停用: no longer used.';
COMMENT ON COLUMN analytics.category_summary.offers IS 'Offers known, whatever their state.';
COMMENT ON COLUMN analytics.category_summary.listed_offers IS 'Those on sale.';
COMMENT ON COLUMN analytics.category_summary.sellers IS 'Sellers of the offers known.';
COMMENT ON COLUMN analytics.category_summary.priced_offers IS 'Offers on sale that have a list price: what the next five columns are over.';
COMMENT ON COLUMN analytics.category_summary.min_cny IS 'Lowest list price for the smallest order, in yuan for one unit. Units differ between offers.';
COMMENT ON COLUMN analytics.category_summary.quartile_1_cny IS 'A quarter of the offers cost at most this.';
COMMENT ON COLUMN analytics.category_summary.median_cny IS 'Half of the offers cost at most this.';
COMMENT ON COLUMN analytics.category_summary.quartile_3_cny IS 'Three quarters of the offers cost at most this.';
COMMENT ON COLUMN analytics.category_summary.max_cny IS 'Highest of them.';
