-- Purpose: how many offers of the watch lists of some feeds do not belong to their feed yet; excluding those that are gone and
--          those of erased sellers, which are never fetched.
-- Params:  $1 jsonb [{"name": text, "offers": [bigint] (its watch list)}] feeds
-- Returns: feed, offers (1 at least)
SELECT n.name AS feed, count(*)::int AS offers
FROM jsonb_to_recordset($1::jsonb) AS n (name text, offers bigint[])
CROSS JOIN LATERAL unnest(n.offers) AS w (offer_id)
LEFT JOIN sync.refresh r USING (offer_id)
LEFT JOIN sync.feed_set s USING (feed_set)
WHERE n.name <> ALL (coalesce(s.feeds, '{}'))
  AND (r.offer_id IS NULL OR r.bucket IS NOT NULL)
  AND NOT EXISTS (SELECT FROM sync.erased_offer e WHERE e.offer_id = w.offer_id)
GROUP BY n.name;
