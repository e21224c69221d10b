-- Purpose: ends the parts of a search window, so that it is read as one again.
-- Params:  $1 bigint window id; $2 boolean it may be split again; false: its parts brought nothing, and it is due at once
-- Returns: nothing
WITH part AS (
  UPDATE sync.search_window
  SET retired_at = usage.ledger_now(), leased_by = NULL, leased_until = NULL
  WHERE parent_window_id = $1::bigint AND retired_at IS NULL
)
UPDATE sync.search_window
SET is_split = false, is_splittable = $2::boolean, completed_at = CASE WHEN $2::boolean THEN completed_at END
WHERE window_id = $1::bigint;
