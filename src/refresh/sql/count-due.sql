-- Purpose: the number of calls that some feeds would need right now: due details (those known to be wrong, in buckets
--          below 0, whatever their age), up to 100,000, and windows whose next page is due. An estimate for progress
--          lines: pages behind the next one are not known yet.
-- Params:  $1 text[] feeds; $2 double precision search age in ms; $3 double precision detail age in ms
-- Returns: due
SELECT (
  SELECT count(*)::int
  FROM (
    SELECT
    FROM sync.refresh r
    WHERE r.feed_set IN (SELECT feed_set FROM sync.feed_set WHERE feeds && $1::text[])
      AND r.bucket IS NOT NULL
      AND (r.bucket < 0 OR r.order_at <= usage.ledger_now() - $3::float8 * interval '1 ms')
    LIMIT 100000
  ) offer
) + (
  SELECT count(*)::int
  FROM sync.search_window w
  WHERE w.feed = ANY ($1::text[])
    AND w.retired_at IS NULL
    AND (
      w.pass_started_at IS NOT NULL
      OR w.completed_at IS NULL
      OR w.completed_at <= usage.ledger_now() - $2::float8 * interval '1 ms'
    )
) AS due;
