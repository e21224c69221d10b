-- Purpose: ends a run that is still active and gives back everything it had taken, so that its jobs find
--          nothing left to do.
-- Params:  $1 bigint run id; $2 text final status; $3 text|null cause
-- Returns: nothing
WITH ended AS (
  UPDATE sync.run
  SET status = $2::text, cause = $3::text, ended_at = usage.ledger_now()
  WHERE run_id = $1::bigint AND status IN ('queued', 'running')
),
categories AS (
  UPDATE sync.category_visit SET leased_by = NULL, leased_until = NULL WHERE leased_by = $1::bigint
),
windows AS (
  UPDATE sync.search_window SET leased_by = NULL, leased_until = NULL WHERE leased_by = $1::bigint
)
UPDATE sync.refresh SET leased_by = NULL, leased_until = NULL WHERE leased_by = $1::bigint;
