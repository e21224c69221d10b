-- Purpose: replaces a search without a keyword, or the search that it is a part of, by one with the name of its
--          category as keyword. From then on all searches of categories are created this way
--          (ensure-search-windows.sql).
-- Params:  $1 bigint window id
-- Returns: keyword; none where the search has a keyword or its category no name
WITH retired AS (
  UPDATE sync.search_window w
  SET retired_at = usage.ledger_now(), is_split = false, leased_by = NULL, leased_until = NULL
  FROM sync.search_window refused, catalog.category c
  WHERE refused.window_id = $1::bigint
    AND w.window_id = coalesce(refused.parent_window_id, refused.window_id)
    AND w.kind = 'category'
    AND c.category_id = w.category_id
    AND c.name_zh <> ''
  RETURNING w.feed, c.name_zh, w.category_id, w.price_min_cny, w.price_max_cny, w.language, w.max_pages
)
INSERT INTO sync.search_window AS w (feed, keyword, category_id, price_min_cny, price_max_cny, language, max_pages)
SELECT feed, name_zh, category_id, price_min_cny, price_max_cny, language, max_pages FROM retired
ON CONFLICT (feed, keyword, category_id, seller_id, image, price_min_cny, price_max_cny, language)
DO UPDATE SET retired_at = NULL
RETURNING w.keyword;
