-- Purpose: leases free offers for a run. An offer whose detail the run has loaded since it was chosen, for example by a
--          job whose queue was lost, is not due any more: a run fetches nothing twice without a new reason.
-- Params:  $1 bigint run id; $2 bigint[] offer ids; $3 double precision lease in ms; $4 bigint[] those that a promised age makes due
-- Returns: id
UPDATE sync.refresh r
SET leased_by = $1::bigint, leased_until = (SELECT usage.ledger_now()) + $3::float8 * interval '1 ms',
    leased_for = CASE WHEN r.offer_id = ANY ($4::bigint[]) THEN 'max_age' END
FROM (
  SELECT offer_id
  FROM sync.refresh
  WHERE offer_id = ANY ($2::bigint[])
    AND (leased_until IS NULL OR leased_until <= (SELECT usage.ledger_now())
      OR NOT EXISTS (SELECT FROM sync.run WHERE run_id = leased_by AND status IN ('queued', 'running')))
    AND (detail_at IS NULL OR stale_since IS NOT NULL OR offer_id = ANY ($4::bigint[])
      OR detail_at < (SELECT coalesce(started_at, 'infinity') FROM sync.run WHERE run_id = $1::bigint))
  -- Loads also lock these rows, in another order. Locked rows are skipped: an offer that is being loaded is not due
  -- anyway.
  FOR NO KEY UPDATE SKIP LOCKED
) free
WHERE r.offer_id = free.offer_id
RETURNING r.offer_id AS id;
