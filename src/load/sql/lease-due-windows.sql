-- Purpose: takes the search windows of some feeds whose next page is due: a pass under way, or a last pass that
--          is older than the freshness age. Never completed ones first.
-- Params:  $1 bigint run id; $2 text[] feeds; $3 double precision freshness age in ms; $4 integer how many;
--          $5 double precision lease in ms; $6 text[] kinds of windows
-- Returns: window_id, next_page
UPDATE sync.search_window w
SET leased_by = $1::bigint, leased_until = usage.ledger_now() + $5::float8 * interval '1 ms'
FROM (
  SELECT window_id
  FROM sync.search_window
  WHERE feed = ANY ($2::text[])
    AND kind = ANY ($6::text[])
    AND retired_at IS NULL
    AND (
      pass_started_at IS NOT NULL
      OR completed_at IS NULL
      OR completed_at <= usage.ledger_now() - $3::float8 * interval '1 ms'
    )
    AND (not_before IS NULL OR not_before <= usage.ledger_now())
    -- A lease is worth nothing once its run has ended.
    AND (leased_until IS NULL OR leased_until <= usage.ledger_now()
      OR NOT EXISTS (SELECT FROM sync.run WHERE run_id = leased_by AND status IN ('queued', 'running')))
  ORDER BY completed_at NULLS FIRST, window_id
  LIMIT $4::int
) due
WHERE w.window_id = due.window_id
RETURNING w.window_id, w.next_page;
