-- Purpose: locks search windows in ascending id and reads how far their passes are.
-- Params:  $1 bigint[] window ids
-- Returns: window_id, feed, keyword, category_id and the state of the pass
SELECT window_id, feed, keyword, category_id, next_page, pass_started_at, is_pass_steady, rows_seen, total_records,
       completed_at, last_outcome, complete_since, max_pages
FROM sync.search_window
WHERE window_id = ANY ($1::bigint[])
ORDER BY window_id
FOR NO KEY UPDATE;
