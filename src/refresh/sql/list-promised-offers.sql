-- Purpose: the offers of some sets of feeds whose details are due by their promised age and that have no lease; those
--          that exceed that age soonest come first. An offer without a detail exceeds every age.
-- Params:  $1 jsonb [{"feedSet": int, "dueAgeMs": float (from this age on), "maxAgeMs": float (the promised age)}]; $2 integer how
--          many at most
-- Returns: offerId
SELECT d.offer_id AS "offerId"
FROM jsonb_to_recordset($1::jsonb) AS s ("feedSet" int, "dueAgeMs" float8, "maxAgeMs" float8)
CROSS JOIN (SELECT usage.ledger_now() AS now OFFSET 0) c
CROSS JOIN LATERAL (
  SELECT r.offer_id, coalesce(r.detail_at, '-infinity'::timestamptz) AS detail_at
  FROM sync.refresh r
  WHERE r.feed_set = s."feedSet"
    AND r.bucket IS NOT NULL
    AND coalesce(r.detail_at, '-infinity'::timestamptz) <= c.now - s."dueAgeMs" * interval '1 ms'
    AND (r.not_before IS NULL OR r.not_before <= c.now)
    -- A lease ends with its run.
    AND (r.leased_until IS NULL OR r.leased_until <= c.now
      OR NOT EXISTS (SELECT FROM sync.run WHERE run_id = r.leased_by AND status IN ('queued', 'running')))
  ORDER BY coalesce(r.detail_at, '-infinity'::timestamptz), r.offer_id
  LIMIT $2::int
) d
ORDER BY d.detail_at + s."maxAgeMs" * interval '1 ms', d.offer_id
LIMIT $2::int;
