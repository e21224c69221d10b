-- Purpose: whether all parts of a search window have passed completely, close enough in time to show one list: an offer
--          whose price moves it between parts is missing from all of them only if it moves between their passes. If so,
--          the window's own list is complete, since the first of these passes began.
-- Params:  $1 bigint window id; $2 double precision how far apart they may have begun, in ms
-- Returns: completeSince, if it changed
UPDATE sync.search_window w
SET complete_since = p.since
FROM (
  SELECT min(complete_since) AS since, max(complete_since) AS until,
         count(*) = count(complete_since) AND count(*) > 0 AS is_complete
  FROM sync.search_window
  WHERE parent_window_id = $1::bigint AND retired_at IS NULL
) p
WHERE w.window_id = $1::bigint
  AND w.is_split
  AND p.is_complete
  AND p.until - p.since <= $2::float8 * interval '1 ms'
  AND (w.complete_since IS NULL OR w.complete_since < p.since)
RETURNING w.complete_since AS "completeSince";
