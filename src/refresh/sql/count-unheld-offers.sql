-- Purpose: the number of offers that some feeds will add when their next run begins: those of their watch lists, and
--          those that their searches listed and that a bound, now higher, kept out. Leaves out gone offers and those of
--          erased sellers, which are never fetched.
-- Params:  $1 jsonb [{"name": text, "maxOffers": int|null, "offers": [bigint] (its watch list)}] feeds
-- Returns: feed, offers (1 at least)
WITH given AS (
  SELECT n.name AS feed, n."maxOffers" AS max_offers, n.offers
  FROM jsonb_to_recordset($1::jsonb) AS n (name text, "maxOffers" int, offers bigint[])
),
member AS (
  SELECT n.feed, w.offer_id
  FROM given n
  CROSS JOIN LATERAL unnest(n.offers) AS w (offer_id)
  UNION
  -- As in assign-feed.sql.
  SELECT n.feed, l.offer_id
  FROM given n
  JOIN sync.feed f ON f.feed = n.feed AND (f.max_offers < n.max_offers OR (f.max_offers IS NOT NULL AND n.max_offers IS NULL))
  CROSS JOIN LATERAL (
    SELECT s.offer_id
    FROM (
      SELECT o.offer_id, o.first_seen_at AS seen_at
      FROM sync.search_window w
      JOIN sync.search_window whole ON whole.window_id = coalesce(w.parent_window_id, w.window_id)
      JOIN sync.window_offer o ON o.window_id = w.window_id
      WHERE w.feed = n.feed AND whole.retired_at IS NULL
      UNION ALL
      SELECT unnest(n.offers), '-infinity'
    ) s
    GROUP BY s.offer_id
    ORDER BY min(s.seen_at), s.offer_id
    LIMIT n.max_offers
  ) l
)
SELECT m.feed, count(*)::int AS offers
FROM member m
LEFT JOIN sync.refresh r USING (offer_id)
LEFT JOIN sync.feed_set s USING (feed_set)
WHERE m.feed <> ALL (coalesce(s.feeds, '{}'))
  AND (r.offer_id IS NULL OR r.bucket IS NOT NULL)
  AND NOT EXISTS (SELECT FROM sync.erased_offer e WHERE e.offer_id = m.offer_id)
GROUP BY m.feed;
