-- Purpose: replaces a search window that lists less than its total by parts. All parts belong to the search that was
--          split first; a part that is split ends. A part that existed before continues where it was.
-- Params:  $1 bigint window to split; $2 bigint the search that its parts belong to, itself or another;
--          $3 jsonb [{"minCny": numeric|null, "maxCny": numeric|null}]
-- Returns: nothing
WITH whole AS (
  UPDATE sync.search_window
  SET is_split = window_id = $2::bigint,
      retired_at = CASE WHEN window_id <> $2::bigint THEN usage.ledger_now() END
  WHERE window_id = $1::bigint
  RETURNING feed, keyword, category_id, seller_id, image, language
)
INSERT INTO sync.search_window AS w
  (feed, keyword, category_id, seller_id, image, language, price_min_cny, price_max_cny, parent_window_id)
SELECT feed, keyword, category_id, seller_id, image, language, n."minCny", n."maxCny", $2::bigint
FROM whole
CROSS JOIN jsonb_to_recordset($3::jsonb) AS n ("minCny" numeric(14, 4), "maxCny" numeric(14, 4))
ON CONFLICT (feed, keyword, category_id, seller_id, image, price_min_cny, price_max_cny, language)
DO UPDATE SET parent_window_id = excluded.parent_window_id, is_split = false, max_pages = NULL, retired_at = NULL;
