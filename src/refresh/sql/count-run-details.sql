-- Purpose: how many details a run has fetched, and how many it has taken that are not loaded yet.
-- Params:  $1 bigint run id
-- Returns: fetched, underWay
SELECT (
  SELECT count(*)::int FROM usage.api_call WHERE run_id = $1::bigint AND operation = 'offer.detail' AND outcome = 'ok'
) AS fetched, (
  SELECT count(*)::int FROM sync.refresh WHERE leased_by = $1::bigint AND leased_until > usage.ledger_now()
) AS "underWay";
