-- Purpose: the offers that are due, have no lease, and follow given ones in their buckets, the oldest first.
-- Params:  $1 jsonb [{"feedSet", "bucket", "orderAt", "offerId", "limit"}] after which, and how many of each bucket;
--          $2 double precision freshness age in ms
-- Returns: as list-heads.sql
SELECT h.*
FROM jsonb_to_recordset($1::jsonb) AS s ("feedSet" int, bucket int, "orderAt" timestamptz, "offerId" bigint, "limit" int)
CROSS JOIN (SELECT usage.ledger_now() AS now OFFSET 0) c
CROSS JOIN LATERAL (
  SELECT r.offer_id AS "offerId", r.feed_set AS "feedSet", r.bucket, r.order_at::text AS "orderAt", r.popularity,
         r.rate_changes AS "rateChanges", r.rate_days AS "rateDays",
         greatest(0, date_part('epoch', c.now - coalesce(greatest(r.summary_at, r.detail_at), r.first_seen_at)) / 86400)::real
           AS "summaryAgeDays",
         greatest(0, date_part('epoch', c.now - coalesce(r.detail_at, r.summary_at, r.first_seen_at)) / 86400)::real
           AS "detailAgeDays"
  FROM sync.refresh r
  WHERE r.feed_set = s."feedSet"
    AND r.bucket = s.bucket
    AND r.bucket IS NOT NULL
    AND (r.order_at, r.offer_id) > (s."orderAt", s."offerId")
    AND r.order_at <= CASE WHEN s.bucket < 0 THEN 'infinity' ELSE c.now - $2::float8 * interval '1 ms' END
    AND (r.not_before IS NULL OR r.not_before <= c.now)
    -- A lease ends with its run.
    AND (r.leased_until IS NULL OR r.leased_until <= c.now
      OR NOT EXISTS (SELECT FROM sync.run WHERE run_id = r.leased_by AND status IN ('queued', 'running')))
  ORDER BY r.order_at, r.offer_id
  LIMIT s."limit"
) h;
