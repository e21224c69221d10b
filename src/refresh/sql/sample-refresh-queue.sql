-- Purpose: a sample of the offers of some feeds that are fetched, from blocks chosen at random, with what is known of each.
-- Params:  $1 text[] feeds; $2 integer how many at most
-- Returns: one row: sample [[feeds, popularity, rate_changes, rate_days, summary_age_days, detail_age_days, has_detail,
--          is_stale, is_postponed]], offers (about how many there are)
WITH size AS MATERIALIZED (
  -- The present number of blocks: statistics may be older. 400 blocks give some 20,000 rows; a small table is read
  -- whole.
  SELECT least(100, 40000.0 / greatest(1, pg_relation_size(oid) / 8192)) AS percent
  FROM pg_class WHERE oid = 'sync.refresh'::regclass
),
block AS MATERIALIZED (
  SELECT r.offer_id, s.feeds, r.popularity, r.rate_changes, r.rate_days, r.detail_at IS NOT NULL AS has_detail,
         r.bucket < 0 AS is_stale, coalesce(r.not_before > c.now, false) AS is_postponed,
         greatest(0, extract(epoch FROM c.now - coalesce(greatest(r.summary_at, r.detail_at), r.first_seen_at)) / 86400)::real
           AS summary_age_days,
         greatest(0, extract(epoch FROM c.now - coalesce(r.detail_at, r.summary_at, r.first_seen_at)) / 86400)::real
           AS detail_age_days
  FROM sync.refresh r
  TABLESAMPLE SYSTEM ((SELECT percent FROM size))
  JOIN sync.feed_set s USING (feed_set)
  CROSS JOIN (SELECT usage.ledger_now() AS now OFFSET 0) c
  WHERE r.bucket IS NOT NULL AND s.feeds && $1::text[]
),
chosen AS (
  SELECT * FROM block ORDER BY hashint8(offer_id) LIMIT $2::int
)
SELECT coalesce((SELECT jsonb_agg(jsonb_build_array(to_jsonb(feeds), popularity, rate_changes, rate_days, summary_age_days,
                                                   detail_age_days, has_detail, is_stale, is_postponed))
                 FROM chosen), '[]') AS sample,
       (SELECT count(*) FROM block) * 100 / percent::float8 AS offers
FROM size;
