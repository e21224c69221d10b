-- Purpose: the offers of each category and all categories below it, counted for all categories at once. A condition on
--          category_id reaches its offers by index.
CREATE VIEW analytics.category_summary AS
SELECT c.category_id, c.level, c.path_zh, c.path_translated, c.is_leaf, c.is_retired,
       coalesce(s.offers, 0) AS offers, coalesce(s.listed_offers, 0) AS listed_offers, coalesce(s.sellers, 0) AS sellers,
       coalesce(s.priced_offers, 0) AS priced_offers, s.min_cny, s.quartile_1_cny, s.median_cny, s.quartile_3_cny, s.max_cny
FROM analytics.dim_category c
LEFT JOIN (
  SELECT t.category_id,
         count(*)::int AS offers,
         count(*) FILTER (WHERE o.state = 'listed')::int AS listed_offers,
         -- Counting distinct sellers needs no language's sort order.
         count(DISTINCT o.seller_id COLLATE "C")::int AS sellers,
         count(p.cny)::int AS priced_offers,
         min(p.cny)::numeric(14, 4) AS min_cny,
         (percentile_disc(0.25) WITHIN GROUP (ORDER BY p.cny))::numeric(14, 4) AS quartile_1_cny,
         (percentile_disc(0.5) WITHIN GROUP (ORDER BY p.cny))::numeric(14, 4) AS median_cny,
         (percentile_disc(0.75) WITHIN GROUP (ORDER BY p.cny))::numeric(14, 4) AS quartile_3_cny,
         max(p.cny)::numeric(14, 4) AS max_cny
  FROM (
    SELECT a.category_id, b.category_id AS own_category_id
    FROM catalog.category b
    CROSS JOIN LATERAL unnest(array_remove(string_to_array(b.path, '/'), '')::bigint[]) a (category_id)
  ) t
  JOIN catalog.offer o ON o.category_id = t.own_category_id
  LEFT JOIN (
    -- The same as smallest_order_list_cny of dim_offer, for all offers at once.
    SELECT DISTINCT ON (f.offer_id) f.offer_id, f.amount_cny AS cny
    FROM catalog.price f
    JOIN catalog.offer a USING (offer_id)
    WHERE f.kind = 'list'
    ORDER BY f.offer_id, CASE WHEN f.min_quantity <= a.min_order_quantity THEN -f.min_quantity ELSE f.min_quantity END, f.amount_cny
  ) p ON p.offer_id = o.offer_id AND o.state = 'listed'
  GROUP BY t.category_id
) s USING (category_id);

COMMENT ON VIEW analytics.category_summary IS 'Offers and prices of one category, including all categories below it. Key: category_id.';
COMMENT ON COLUMN analytics.category_summary.category_id IS 'Category (dim_category).';
COMMENT ON COLUMN analytics.category_summary.level IS '1 for roots.';
COMMENT ON COLUMN analytics.category_summary.path_zh IS 'Chinese names from the root down.';
COMMENT ON COLUMN analytics.category_summary.path_translated IS 'path_zh in the language of the sync.';
COMMENT ON COLUMN analytics.category_summary.is_leaf IS 'True: no categories below.';
COMMENT ON COLUMN analytics.category_summary.is_retired IS 'True: 1688 marks it 停用 and no longer uses it.';
COMMENT ON COLUMN analytics.category_summary.offers IS 'Known offers, in any state.';
COMMENT ON COLUMN analytics.category_summary.listed_offers IS 'Offers on sale.';
COMMENT ON COLUMN analytics.category_summary.sellers IS 'Sellers of the known offers.';
COMMENT ON COLUMN analytics.category_summary.priced_offers IS 'Offers on sale that have a list price. The next five columns are over these.';
COMMENT ON COLUMN analytics.category_summary.min_cny IS 'Lowest list price of a smallest order (smallest_order_list_cny of dim_offer), in yuan for one unit. Units differ between offers.';
COMMENT ON COLUMN analytics.category_summary.quartile_1_cny IS 'A quarter of the offers cost at most this.';
COMMENT ON COLUMN analytics.category_summary.median_cny IS 'Half of the offers cost at most this.';
COMMENT ON COLUMN analytics.category_summary.quartile_3_cny IS 'Three quarters of the offers cost at most this.';
COMMENT ON COLUMN analytics.category_summary.max_cny IS 'Highest of these prices.';
