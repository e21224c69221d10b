-- Purpose: frees all leases of a run.
-- Params:  $1 bigint run id
-- Returns: nothing
WITH categories AS (
  UPDATE sync.category_visit SET leased_by = NULL, leased_until = NULL WHERE leased_by = $1::bigint
),
windows AS (
  UPDATE sync.search_window SET leased_by = NULL, leased_until = NULL WHERE leased_by = $1::bigint
)
UPDATE sync.refresh SET leased_by = NULL, leased_until = NULL WHERE leased_by = $1::bigint;
