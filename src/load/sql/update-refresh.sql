-- Purpose: writes when offers were last looked at, and frees those that were asked for.
-- Params:  $1 jsonb [{offer_id, first_seen_at, summary_at, summary_call_id, detail_at, detail_call_id, found_at,
--          found_call_id, last_call_id, empty_looks, absent_at, absent_call_id}]; $2 boolean true: they were asked for, so end
--          their leases
-- Returns: nothing
UPDATE sync.refresh r
SET first_seen_at = least(r.first_seen_at, n.first_seen_at),
    summary_at = n.summary_at,
    summary_call_id = n.summary_call_id,
    detail_at = n.detail_at,
    detail_call_id = n.detail_call_id,
    found_at = n.found_at,
    found_call_id = n.found_call_id,
    last_call_id = n.last_call_id,
    empty_looks = n.empty_looks,
    absent_at = n.absent_at,
    absent_call_id = n.absent_call_id,
    not_before = CASE WHEN $2::boolean THEN NULL ELSE r.not_before END,
    leased_by = CASE WHEN $2::boolean THEN NULL ELSE r.leased_by END,
    leased_until = CASE WHEN $2::boolean THEN NULL ELSE r.leased_until END
FROM jsonb_populate_recordset(NULL::sync.refresh, $1::jsonb) AS n
WHERE r.offer_id = n.offer_id
  AND (
    n.first_seen_at < r.first_seen_at
    OR (r.summary_at, r.summary_call_id, r.detail_at, r.detail_call_id, r.found_at, r.found_call_id, r.empty_looks,
        r.absent_at, r.absent_call_id)
      IS DISTINCT FROM
      (n.summary_at, n.summary_call_id, n.detail_at, n.detail_call_id, n.found_at, n.found_call_id, n.empty_looks,
       n.absent_at, n.absent_call_id)
    OR ($2::boolean AND (r.leased_by IS NOT NULL OR r.leased_until IS NOT NULL OR r.not_before IS NOT NULL))
  );
