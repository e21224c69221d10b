-- Purpose: how many offers each feed reaches, and since when the one waits that was fetched longest ago, for the metrics.
--          Found by hopping through the buckets of the index, one descent each, and not by reading the offers.
-- Params:  none
-- Returns: feed, offers, oldestObservationAt (null: no offer is to be fetched)
WITH RECURSIVE queue AS (
  SELECT s.feed_set,
         (SELECT min(r.bucket) FROM sync.refresh r WHERE r.feed_set = s.feed_set AND r.bucket IS NOT NULL) AS bucket
  FROM sync.feed_set s
  UNION ALL
  SELECT s.feed_set, (SELECT min(r.bucket) FROM sync.refresh r WHERE r.feed_set = s.feed_set AND r.bucket > s.bucket)
  FROM queue s
  WHERE s.bucket IS NOT NULL
),
head AS (
  SELECT s.feed_set, min(o.order_at) AS order_at
  FROM queue s
  CROSS JOIN LATERAL (
    SELECT r.order_at
    FROM sync.refresh r
    WHERE r.feed_set = s.feed_set AND r.bucket = s.bucket AND r.bucket IS NOT NULL
    ORDER BY r.order_at
    LIMIT 1
  ) o
  GROUP BY s.feed_set
)
SELECT f.feed, f.offers,
       (SELECT min(h.order_at) FROM head h JOIN sync.feed_set s USING (feed_set) WHERE f.feed = ANY (s.feeds))
         AS "oldestObservationAt"
FROM sync.feed f
ORDER BY f.feed;
