-- Purpose: leases free search windows for a run.
-- Params:  $1 bigint run id; $2 bigint[] window ids; $3 double precision lease in ms
-- Returns: windowId, page (the next)
UPDATE sync.search_window w
SET leased_by = $1::bigint, leased_until = (SELECT usage.ledger_now()) + $3::float8 * interval '1 ms'
WHERE window_id = ANY ($2::bigint[])
  AND retired_at IS NULL
  AND (leased_until IS NULL OR leased_until <= (SELECT usage.ledger_now())
    OR NOT EXISTS (SELECT FROM sync.run WHERE run_id = leased_by AND status IN ('queued', 'running')))
RETURNING window_id AS "windowId", next_page AS page;
