-- Purpose: the oldest due offer without a lease, of every bucket of some sets of feeds. Details known to be wrong
--          (buckets below 0) are due whatever their age. Moves through the index from the oldest offer of one bucket to
--          that of the next, with one descent each; searches a bucket only if its oldest offer is not free.
-- Params:  $1 int[] sets of feeds; $2 double precision freshness age in ms
-- Returns: offerId, feedSet, bucket, orderAt (text, to continue after), popularity, rateChanges, rateDays, summaryAgeDays,
--          detailAgeDays
WITH RECURSIVE clock AS MATERIALIZED (
  SELECT usage.ledger_now() AS now
),
oldest AS (
  SELECT r.*
  FROM unnest($1::int[]) AS s (feed_set)
  CROSS JOIN LATERAL (
    SELECT r.feed_set, r.bucket, r.order_at, r.offer_id, r.popularity, r.rate_changes, r.rate_days, r.summary_at, r.detail_at,
           r.first_seen_at, r.not_before, r.leased_until, r.leased_by
    FROM sync.refresh r
    WHERE r.feed_set = s.feed_set AND r.bucket IS NOT NULL
    ORDER BY r.bucket, r.order_at, r.offer_id
    LIMIT 1
  ) r
  UNION ALL
  SELECT r.*
  FROM oldest o
  CROSS JOIN LATERAL (
    SELECT r.feed_set, r.bucket, r.order_at, r.offer_id, r.popularity, r.rate_changes, r.rate_days, r.summary_at, r.detail_at,
           r.first_seen_at, r.not_before, r.leased_until, r.leased_by
    FROM sync.refresh r
    WHERE r.feed_set = o.feed_set AND r.bucket > o.bucket
    ORDER BY r.bucket, r.order_at, r.offer_id
    LIMIT 1
  ) r
),
due AS (
  SELECT o.*,
         (o.not_before IS NULL OR o.not_before <= c.now)
           -- A lease ends with its run.
           AND (o.leased_until IS NULL OR o.leased_until <= c.now
             OR NOT EXISTS (SELECT FROM sync.run WHERE run_id = o.leased_by AND status IN ('queued', 'running'))) AS is_free
  FROM oldest o
  CROSS JOIN clock c
  WHERE o.bucket < 0 OR o.order_at <= c.now - $2::float8 * interval '1 ms'
),
head AS (
  SELECT offer_id, feed_set, bucket, order_at, popularity, rate_changes, rate_days, summary_at, detail_at, first_seen_at
  FROM due
  WHERE is_free
  UNION ALL
  SELECT h.*
  FROM due d
  CROSS JOIN clock c
  CROSS JOIN LATERAL (
    SELECT r.offer_id, r.feed_set, r.bucket, r.order_at, r.popularity, r.rate_changes, r.rate_days, r.summary_at, r.detail_at,
           r.first_seen_at
    FROM sync.refresh r
    WHERE r.feed_set = d.feed_set
      AND r.bucket = d.bucket
      AND r.bucket IS NOT NULL
      AND (r.order_at, r.offer_id) > (d.order_at, d.offer_id)
      AND r.order_at <= CASE WHEN d.bucket < 0 THEN 'infinity' ELSE c.now - $2::float8 * interval '1 ms' END
      AND (r.not_before IS NULL OR r.not_before <= c.now)
      AND (r.leased_until IS NULL OR r.leased_until <= c.now
        OR NOT EXISTS (SELECT FROM sync.run WHERE run_id = r.leased_by AND status IN ('queued', 'running')))
    ORDER BY r.order_at, r.offer_id
    LIMIT 1
  ) h
  WHERE NOT d.is_free
)
SELECT h.offer_id AS "offerId", h.feed_set AS "feedSet", h.bucket, h.order_at::text AS "orderAt", h.popularity,
       h.rate_changes AS "rateChanges", h.rate_days AS "rateDays",
       greatest(0, date_part('epoch', c.now - coalesce(greatest(h.summary_at, h.detail_at), h.first_seen_at)) / 86400)::real
         AS "summaryAgeDays",
       greatest(0, date_part('epoch', c.now - coalesce(h.detail_at, h.summary_at, h.first_seen_at)) / 86400)::real
         AS "detailAgeDays"
FROM head h
CROSS JOIN clock c;
