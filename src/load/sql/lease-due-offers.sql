-- Purpose: takes the offers of some feeds whose details are due: first those never seen, or absent since from the
--          searches that listed them, then the longest unseen. Offers that 1688 twice answered with nothing are gone
--          and are not asked for again. A feed with a bound on offers keeps to the ones it saw first.
-- Params:  $1 bigint run id; $2 jsonb [{"feed": text, "max_offers": int|null}]; $3 double precision freshness
--          age in ms; $4 integer how many; $5 double precision lease in ms
-- Returns: offer_id
WITH feed AS (
  SELECT * FROM jsonb_to_recordset($2::jsonb) AS f (feed text, max_offers int)
),
reach AS (
  SELECT o.offer_id
  FROM feed f
  JOIN sync.search_window w ON w.feed = f.feed AND w.retired_at IS NULL
  JOIN sync.window_offer o USING (window_id)
  WHERE f.max_offers IS NULL
  UNION
  SELECT first_seen.offer_id
  FROM feed f
  CROSS JOIN LATERAL (
    SELECT o.offer_id
    FROM sync.search_window w
    JOIN sync.window_offer o USING (window_id)
    WHERE w.feed = f.feed AND w.retired_at IS NULL
    GROUP BY o.offer_id
    ORDER BY min(o.first_seen_at), o.offer_id
    LIMIT f.max_offers
  ) first_seen
  WHERE f.max_offers IS NOT NULL
)
UPDATE sync.refresh r
SET leased_by = $1::bigint, leased_until = usage.ledger_now() + $5::float8 * interval '1 ms'
FROM (
  SELECT s.offer_id
  FROM sync.refresh s
  JOIN reach USING (offer_id)
  WHERE (s.detail_at IS NULL OR s.detail_at < s.absent_at
         OR s.detail_at <= usage.ledger_now() - $3::float8 * interval '1 ms')
    AND s.empty_looks < 2
    AND (s.not_before IS NULL OR s.not_before <= usage.ledger_now())
    -- A lease is worth nothing once its run has ended.
    AND (s.leased_until IS NULL OR s.leased_until <= usage.ledger_now()
      OR NOT EXISTS (SELECT FROM sync.run WHERE run_id = s.leased_by AND status IN ('queued', 'running')))
  ORDER BY CASE WHEN s.detail_at < s.absent_at THEN NULL ELSE s.detail_at END NULLS FIRST, s.offer_id
  LIMIT $4::int
  -- Loads lock these rows too, in another order: whoever is being loaded is not due anyway.
  FOR NO KEY UPDATE OF s SKIP LOCKED
) due
WHERE r.offer_id = due.offer_id
RETURNING r.offer_id;
