-- Purpose: ends the parts of a search window, so that it is read as one again.
-- Params:  $1 bigint window id; $2 boolean it may be split again; false: its parts found nothing, and its pass continues
--          behind the page that split it, for that would be answered from memory
-- Returns: nothing
WITH part AS (
  UPDATE sync.search_window
  SET retired_at = usage.ledger_now(), leased_by = NULL, leased_until = NULL
  WHERE parent_window_id = $1::bigint AND retired_at IS NULL
)
UPDATE sync.search_window
SET is_split = false, is_splittable = $2::boolean,
    next_page = CASE WHEN $2::boolean THEN next_page ELSE 2 END,
    pass_started_at = CASE WHEN $2::boolean THEN pass_started_at ELSE completed_at END
WHERE window_id = $1::bigint;
