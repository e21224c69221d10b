-- Purpose: assigns offers to a feed: those of its watch list, and all that any of its searches lists or, with a bound,
--          those that it saw first. Reads everything that it listed.
-- Params:  $1 text feed; $2 integer|null bound on offers; $3 bigint[] its watch list, of offers that have a row in
--          sync.refresh or are never to have one
-- Returns: nothing
WITH listed AS (
  SELECT o.offer_id, min(o.first_seen_at) AS seen_at
  FROM sync.search_window w
  JOIN sync.search_window whole ON whole.window_id = coalesce(w.parent_window_id, w.window_id)
  JOIN sync.window_offer o ON o.window_id = w.window_id
  WHERE w.feed = $1::text AND whole.retired_at IS NULL
  GROUP BY o.offer_id
  UNION ALL
  SELECT unnest($3::bigint[]), '-infinity'
),
member AS (
  SELECT offer_id FROM listed GROUP BY offer_id ORDER BY min(seen_at), offer_id LIMIT $2::int
),
move AS (
  SELECT r.offer_id,
         ARRAY(SELECT f FROM unnest(CASE WHEN m.offer_id IS NULL THEN array_remove(s.feeds, $1::text)
                                         ELSE array_append(s.feeds, $1::text) END) AS f
               ORDER BY f COLLATE "C") AS feeds
  FROM sync.refresh r
  LEFT JOIN sync.feed_set s USING (feed_set)
  LEFT JOIN member m ON m.offer_id = r.offer_id
  WHERE (m.offer_id IS NOT NULL) <> ($1::text = ANY (coalesce(s.feeds, '{}')))
),
made AS (
  INSERT INTO sync.feed_set (feeds)
  SELECT DISTINCT feeds FROM move WHERE feeds <> '{}' ORDER BY feeds
  -- A set that another transaction is creating is not visible: only an update returns its number.
  ON CONFLICT (feeds) DO UPDATE SET feeds = excluded.feeds
  RETURNING feed_set, feeds
),
moved AS (
  UPDATE sync.refresh r
  SET feed_set = coalesce(n.feed_set, 0)
  FROM move m
  LEFT JOIN made n ON n.feeds = m.feeds
  WHERE r.offer_id = m.offer_id
)
INSERT INTO sync.feed AS f (feed, max_offers, watched, offers, assigned_at)
SELECT $1::text, $2::int, $3::bigint[], count(*), usage.ledger_now() FROM member
ON CONFLICT (feed) DO UPDATE
SET max_offers = excluded.max_offers, watched = excluded.watched, offers = excluded.offers,
    assigned_at = excluded.assigned_at;
