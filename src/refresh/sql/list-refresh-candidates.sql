-- Purpose: the oldest offers of every bucket of some sets of feeds that are due and have no lease; or those that
--          follow given ones in their buckets. Details that are known to be wrong (buckets below 0) are due whatever
--          their age. Buckets are found by hopping through the index, one descent each.
-- Params:  $1 int[] sets of feeds; $2 double precision freshness age in ms; $3 integer how many of a bucket;
--          $4 jsonb|null [{"feedSet", "bucket", "orderAt", "offerId"}] to continue after
-- Returns: offerId, feedSet, bucket, orderAt (text, to continue after), popularity, rateChanges, rateDays, summaryAgeDays,
--          detailAgeDays
WITH RECURSIVE clock AS MATERIALIZED (
  SELECT usage.ledger_now() AS now
),
queue AS (
  SELECT s.feed_set,
         (SELECT min(r.bucket) FROM sync.refresh r WHERE r.feed_set = s.feed_set AND r.bucket IS NOT NULL) AS bucket
  FROM unnest($1::int[]) AS s (feed_set)
  WHERE $4::jsonb IS NULL
  UNION ALL
  SELECT s.feed_set, (SELECT min(r.bucket) FROM sync.refresh r WHERE r.feed_set = s.feed_set AND r.bucket > s.bucket)
  FROM queue s
  WHERE s.bucket IS NOT NULL
),
start AS (
  SELECT feed_set, bucket, '-infinity'::timestamptz AS order_at, 0::bigint AS offer_id
  FROM queue
  WHERE bucket IS NOT NULL
  UNION ALL
  SELECT * FROM jsonb_to_recordset($4::jsonb) AS a ("feedSet" int, bucket int, "orderAt" timestamptz, "offerId" bigint)
)
SELECT h.*
FROM start s
CROSS JOIN clock c
CROSS JOIN LATERAL (
  SELECT r.offer_id AS "offerId", r.feed_set AS "feedSet", r.bucket, r.order_at::text AS "orderAt", r.popularity,
         r.rate_changes AS "rateChanges", r.rate_days AS "rateDays",
         greatest(0, date_part('epoch', c.now - coalesce(greatest(r.summary_at, r.detail_at), r.first_seen_at)) / 86400)::real
           AS "summaryAgeDays",
         greatest(0, date_part('epoch', c.now - coalesce(r.detail_at, r.summary_at, r.first_seen_at)) / 86400)::real
           AS "detailAgeDays"
  FROM sync.refresh r
  WHERE r.feed_set = s.feed_set
    AND r.bucket = s.bucket
    AND r.bucket IS NOT NULL
    AND (r.order_at, r.offer_id) > (s.order_at, s.offer_id)
    AND r.order_at <= CASE WHEN s.bucket < 0 THEN 'infinity' ELSE c.now - $2::float8 * interval '1 ms' END
    AND (r.not_before IS NULL OR r.not_before <= c.now)
    -- A lease is worth nothing once its run has ended.
    AND (r.leased_until IS NULL OR r.leased_until <= c.now
      OR NOT EXISTS (SELECT FROM sync.run WHERE run_id = r.leased_by AND status IN ('queued', 'running')))
  ORDER BY r.order_at, r.offer_id
  LIMIT $3::int
) h;
