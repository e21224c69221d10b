-- Purpose: locks search windows, and those that they are parts of, in ascending id, and reads what they ask for and how
--          far their passes are.
-- Params:  $1 bigint[] window ids
-- Returns: window_id, what the window is, and the state of its pass
SELECT window_id, parent_window_id, feed, keyword, category_id, trim_scale(price_min_cny) AS price_min_cny,
       trim_scale(price_max_cny) AS price_max_cny, is_split,
       is_splittable AND kind <> 'image' AND max_pages IS NULL AND retired_at IS NULL AS is_splittable,
       next_page, pass_started_at, is_pass_steady, is_doubted, rows_seen, ids_listed, new_offers, changed_offers,
       stale_pages, total_records, completed_at, last_outcome, last_reach, last_new, last_changed, full_pass_at,
       saved_calls, complete_since, max_pages
FROM sync.search_window
WHERE window_id = ANY ($1::bigint[] || ARRAY(
  SELECT parent_window_id FROM sync.search_window
  WHERE window_id = ANY ($1::bigint[]) AND parent_window_id IS NOT NULL
))
ORDER BY window_id
FOR NO KEY UPDATE;
