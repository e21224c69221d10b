-- Purpose: creates the search windows that some feeds need (one for each leaf category below their roots, one for each
--          keyword, seller and picture), and retires those that they no longer select, with their parts. While the tree
--          cannot be read, a node that was never visited, such as a configured root, is searched as a window of its
--          own. Erased sellers get no window. A feed whose bound its unsplit windows already reach gets windows of the
--          needed number of pages, which are not split. If 1688 refused a search without a keyword, searches of
--          categories have the name of the category as keyword. If that was long ago, one search is also created
--          without it, to ask again.
-- Params:  $1 jsonb [{"name": text, "categories": [bigint], "keywords": [text], "sellers": [text],
--          "images": [text], "priceMinCny": numeric|null, "priceMaxCny": numeric|null, "maxPages": int|null,
--          "maxOffers": int|null}];
--          $2 text language; $3 boolean the category API is held; $4 integer records that a query lists at most;
--          $5 integer pages that these are; $6 double precision how long after a refusal it is asked again, in ms
-- Returns: nothing
WITH RECURSIVE feed AS (
  SELECT name AS feed, categories, keywords, sellers, images, "priceMinCny" AS price_min_cny, "priceMaxCny" AS price_max_cny,
         "maxPages" AS max_pages, "maxOffers" AS max_offers
  FROM jsonb_to_recordset($1::jsonb)
    AS f (name text, categories bigint[], keywords text[], sellers text[], images text[],
          "priceMinCny" numeric(14, 4), "priceMaxCny" numeric(14, 4), "maxPages" int, "maxOffers" int)
),
reach (feed, category_id) AS (
  SELECT feed, unnest(categories) FROM feed
  UNION
  SELECT r.feed, c.category_id
  FROM reach r
  JOIN catalog.category c ON coalesce(c.parent_id, 0) = r.category_id
  WHERE NOT c.is_retired
),
-- A search by category with a keyword replaced one that 1688 refused without (name-category-search.sql), which also
-- retired the refused one.
refusal AS (
  SELECT EXISTS (SELECT FROM sync.search_window
                 WHERE kind = 'keyword' AND category_id <> 0 AND retired_at IS NULL) AS needs_keyword,
         NOT EXISTS (SELECT FROM sync.search_window
                     WHERE kind = 'category'
                       AND retired_at > usage.ledger_now() - $6::float8 * interval '1 ms') AS may_ask_again
),
category_query AS (
  SELECT f.feed, r.category_id, coalesce(c.name_zh, '') AS name,
         row_number() OVER (ORDER BY f.feed, r.category_id) = 1 AS is_first
  FROM feed f
  JOIN reach r USING (feed)
  LEFT JOIN catalog.category c USING (category_id)
  LEFT JOIN sync.category_visit v USING (category_id)
  WHERE c.is_leaf AND NOT c.is_retired
     -- The whole tree (0) can't be searched.
     OR $3::boolean AND r.category_id <> 0 AND v.visited_at IS NULL AND c.is_retired IS DISTINCT FROM true
),
query AS (
  SELECT k.keyword, c.category_id, '' AS seller_id, '' AS image, f.*
  FROM category_query c
  JOIN feed f USING (feed)
  CROSS JOIN refusal r
  CROSS JOIN LATERAL (
    SELECT CASE WHEN r.needs_keyword THEN c.name ELSE '' END AS keyword
    UNION ALL
    SELECT '' WHERE r.needs_keyword AND r.may_ask_again AND c.is_first
  ) k
  UNION ALL
  SELECT unnest(f.keywords), 0, '', '', f.* FROM feed f
  UNION ALL
  SELECT '', 0, s.seller_id, '', f.*
  FROM feed f
  CROSS JOIN LATERAL unnest(f.sellers) AS s (seller_id)
  WHERE NOT EXISTS (SELECT FROM sync.erased_seller e WHERE e.seller_hash = sha256(convert_to(s.seller_id, 'UTF8')))
  UNION ALL
  SELECT '', 0, '', unnest(f.images), f.* FROM feed f
),
wanted AS (
  SELECT feed, keyword, category_id, seller_id, image, price_min_cny, price_max_cny,
         coalesce(max_pages,
                  CASE WHEN max_offers <= $4::int * count(*) OVER (PARTITION BY feed) THEN $5::int END) AS max_pages
  FROM query
),
-- Grouped, not joined: without statistics, a join would compare each window with each new one. An unchanged window is
-- not written: an upsert would still lock its row, in another order than loads do.
compared AS (
  SELECT min(window_id) AS window_id, feed, keyword, category_id, seller_id, image, price_min_cny, price_max_cny,
         max(max_pages) FILTER (WHERE window_id IS NULL) AS max_pages,
         bool_or(window_id IS NULL) AS is_wanted,
         count(window_id) = 1 AND count(max_pages) <> 1 AND min(max_pages) IS NOT DISTINCT FROM max(max_pages) AS is_same
  FROM (
    SELECT window_id, feed, keyword, category_id, seller_id, image, language, price_min_cny, price_max_cny, max_pages
    FROM sync.search_window
    WHERE feed IN (SELECT feed FROM feed) AND parent_window_id IS NULL AND retired_at IS NULL
    UNION ALL
    SELECT DISTINCT NULL::bigint, feed, keyword, category_id, seller_id, image, $2::text, price_min_cny, price_max_cny, max_pages
    FROM wanted
  ) either
  GROUP BY feed, keyword, category_id, seller_id, image, language, price_min_cny, price_max_cny
),
retired AS (
  UPDATE sync.search_window
  SET retired_at = usage.ledger_now(), is_split = false, leased_by = NULL, leased_until = NULL
  WHERE window_id IN (SELECT window_id FROM compared WHERE NOT is_wanted)
  RETURNING window_id
),
retired_part AS (
  UPDATE sync.search_window w
  SET retired_at = usage.ledger_now(), leased_by = NULL, leased_until = NULL
  FROM retired r
  WHERE w.parent_window_id = r.window_id
    AND w.retired_at IS NULL
    -- The bounds of the feed may equal those of a part, which is then a window of its own from now on.
    AND NOT EXISTS (
      SELECT FROM feed f
      WHERE f.feed = w.feed AND w.language = $2::text
        AND f.price_min_cny IS NOT DISTINCT FROM w.price_min_cny
        AND f.price_max_cny IS NOT DISTINCT FROM w.price_max_cny
    )
)
INSERT INTO sync.search_window AS w
  (feed, keyword, category_id, seller_id, image, price_min_cny, price_max_cny, language, max_pages)
SELECT feed, keyword, category_id, seller_id, image, price_min_cny, price_max_cny, $2::text, max_pages FROM compared
WHERE is_wanted AND NOT is_same
ON CONFLICT (feed, keyword, category_id, seller_id, image, price_min_cny, price_max_cny, language)
DO UPDATE SET max_pages = excluded.max_pages, parent_window_id = NULL, retired_at = NULL,
              -- A retired window that is needed again starts from the beginning.
              is_splittable = w.is_splittable OR w.retired_at IS NOT NULL
WHERE (w.max_pages, w.parent_window_id, w.retired_at)
      IS DISTINCT FROM (excluded.max_pages, NULL::bigint, NULL::timestamptz);
