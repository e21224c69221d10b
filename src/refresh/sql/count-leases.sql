-- Purpose: how many targets a run has taken that are neither loaded nor given back.
-- Params:  $1 bigint run id
-- Returns: leases
SELECT (
  SELECT count(*)::int FROM sync.category_visit WHERE leased_by = $1::bigint AND leased_until > usage.ledger_now()
) + (
  SELECT count(*)::int FROM sync.search_window WHERE leased_by = $1::bigint AND leased_until > usage.ledger_now()
) + (
  SELECT count(*)::int FROM sync.refresh WHERE leased_by = $1::bigint AND leased_until > usage.ledger_now()
) AS leases;
