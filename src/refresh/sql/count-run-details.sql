-- Purpose: how many details of a run are loaded, and how many it has taken that are not loaded yet.
-- Params:  $1 bigint run id; $2 int how many are counted at most
-- Returns: loaded, underWay
SELECT (
  SELECT count(*)::int
  FROM (
    SELECT FROM usage.api_call c
    WHERE c.run_id = $1::bigint AND c.operation = 'offer.detail' AND c.outcome = 'ok'
      AND NOT EXISTS (SELECT FROM raw.payload p WHERE p.call_id = c.call_id AND p.loaded_at IS NULL)
    LIMIT $2::int
  ) few
) AS loaded, (
  SELECT count(*)::int FROM sync.refresh WHERE leased_by = $1::bigint AND leased_until > usage.ledger_now()
) AS "underWay";
