-- Purpose: the positions at which searches listed offers. Joins by window, because the key of hits begins with the
--          window. Leaves out searches for a shop or a picture, which have no such ranking, and parts of a search. A
--          page has 50 rows.
CREATE VIEW analytics.fct_keyword_rank AS
SELECT r.feed, r.keyword, r.category_id, r.offer_id, r.day, r.best_rank, (r.best_rank - 1) / 50 + 1 AS page, r.observations
FROM (
  SELECT w.feed, w.keyword, w.category_id, h.offer_id, h.day, min((h.page - 1) * 50 + h.rank) AS best_rank,
         count(*)::int AS observations
  FROM sync.search_window w
  JOIN (SELECT *, (observed_at AT TIME ZONE INTERVAL '8 hours')::date AS day FROM catalog.search_hit) h USING (window_id)
  WHERE w.kind IN ('keyword', 'category') AND w.parent_window_id IS NULL
  GROUP BY w.feed, w.keyword, w.category_id, h.offer_id, h.day
) r;

COMMENT ON VIEW analytics.fct_keyword_rank IS 'Position of one offer in the searches of a keyword or category on one day in Shanghai. Key: feed, keyword, category_id, offer_id, day.';
COMMENT ON COLUMN analytics.fct_keyword_rank.feed IS 'Feed of catalog-sync.yaml that searched.';
COMMENT ON COLUMN analytics.fct_keyword_rank.keyword IS 'Keyword; empty: the whole category was listed.';
COMMENT ON COLUMN analytics.fct_keyword_rank.category_id IS 'Category searched (dim_category); 0: all.';
COMMENT ON COLUMN analytics.fct_keyword_rank.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.fct_keyword_rank.day IS 'The day in Shanghai (dim_day); indexed.';
COMMENT ON COLUMN analytics.fct_keyword_rank.best_rank IS 'Best position of the day, from 1, counted over all pages; if the search has price bounds, within them. Of a search that is read in parts, only the first 50 positions are known.';
COMMENT ON COLUMN analytics.fct_keyword_rank.page IS 'Page of that position, from 1.';
COMMENT ON COLUMN analytics.fct_keyword_rank.observations IS 'Search rows of the day that listed it.';
