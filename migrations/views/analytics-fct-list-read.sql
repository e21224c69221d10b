-- Purpose: how deep each list was read on each day, by its pages that listed an offer. A page has 50 rows; 1688 lists
--          40 pages. Pages in line are those from the first up to the first missing page. Windows as in
--          fct_keyword_rank.
CREATE VIEW analytics.fct_list_read AS
SELECT l.window_id, l.feed, l.keyword, l.category_id, l.price_min_cny, l.price_max_cny, l.day, l.pages, l.listed,
       greatest(l.pages_in_line - 1, 0) * 50 + coalesce(l.last_rank, 0) AS depth,
       coalesce(l.last_rank < 50 OR l.pages_in_line = 40, false) AS is_to_end, l.first_read_at, l.last_read_at
FROM (
  SELECT p.window_id, p.feed, p.keyword, p.category_id, p.price_min_cny, p.price_max_cny, p.day,
         count(*)::int AS pages, sum(p.listed)::int AS listed,
         (count(*) FILTER (WHERE p.page = p.nth))::int AS pages_in_line,
         (array_agg(p.last_rank ORDER BY p.page DESC) FILTER (WHERE p.page = p.nth))[1] AS last_rank,
         min(p.first_read_at) AS first_read_at, max(p.last_read_at) AS last_read_at
  FROM (
    SELECT w.window_id, w.feed, w.keyword, w.category_id, w.price_min_cny, w.price_max_cny, h.day, h.page,
           count(DISTINCT h.rank)::int AS listed, max(h.rank) AS last_rank,
           row_number() OVER (PARTITION BY w.window_id, w.feed, w.keyword, w.category_id, h.day ORDER BY h.page) AS nth,
           min(h.observed_at) AS first_read_at, max(h.observed_at) AS last_read_at
    FROM sync.search_window w
    JOIN (SELECT *, (observed_at AT TIME ZONE INTERVAL '8 hours')::date AS day FROM catalog.search_hit) h USING (window_id)
    WHERE w.kind IN ('keyword', 'category') AND w.parent_window_id IS NULL
    GROUP BY w.window_id, w.feed, w.keyword, w.category_id, w.price_min_cny, w.price_max_cny, h.day, h.page
  ) p
  GROUP BY p.window_id, p.feed, p.keyword, p.category_id, p.price_min_cny, p.price_max_cny, p.day
) l;

COMMENT ON VIEW analytics.fct_list_read IS 'How deep one list, of a keyword or a category, was read on one day in Shanghai. An offer that fct_keyword_rank does not have was not in the list down to depth; nothing is known beyond. A list that was not read, or showed no offer, has no row. Key: window_id, day.';
COMMENT ON COLUMN analytics.fct_list_read.window_id IS 'Search window (sync.search_window; soft reference): a feed has one for each keyword, category and price range.';
COMMENT ON COLUMN analytics.fct_list_read.feed IS 'Feed of catalog-sync.yaml that searched.';
COMMENT ON COLUMN analytics.fct_list_read.keyword IS 'Keyword; empty: the whole category was listed.';
COMMENT ON COLUMN analytics.fct_list_read.category_id IS 'Category searched (dim_category); 0: all.';
COMMENT ON COLUMN analytics.fct_list_read.price_min_cny IS 'Lowest price of the search, in yuan; null: any.';
COMMENT ON COLUMN analytics.fct_list_read.price_max_cny IS 'Highest price of the search, in yuan; null: any.';
COMMENT ON COLUMN analytics.fct_list_read.day IS 'The day in Shanghai (dim_day); indexed.';
COMMENT ON COLUMN analytics.fct_list_read.pages IS 'Different pages, read on that day, that listed an offer.';
COMMENT ON COLUMN analytics.fct_list_read.listed IS 'Positions that these pages listed.';
COMMENT ON COLUMN analytics.fct_list_read.depth IS 'Positions from 1 on that were read without a missing page. For lists that are read in parts, at most 50.';
COMMENT ON COLUMN analytics.fct_list_read.is_to_end IS 'True: the last of these pages was not full, or was the last that 1688 lists. An offer beyond depth was not in the list either.';
COMMENT ON COLUMN analytics.fct_list_read.first_read_at IS 'Grant time of the first call of the day for one of these pages.';
COMMENT ON COLUMN analytics.fct_list_read.last_read_at IS 'Grant time of the last such call.';
