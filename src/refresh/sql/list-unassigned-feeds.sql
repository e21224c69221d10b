-- Purpose: the feeds whose offers must be assigned again: their bound or watch list changed, or one of their searches
--          ended.
-- Params:  $1 jsonb [{"name": text, "maxOffers": int|null, "offers": [bigint] (its watch list)}]
-- Returns: feed
SELECT n.name AS feed
FROM jsonb_to_recordset($1::jsonb) AS n (name text, "maxOffers" int, offers bigint[])
LEFT JOIN sync.feed f ON f.feed = n.name
WHERE f.feed IS NULL
   OR f.max_offers IS DISTINCT FROM n."maxOffers"
   OR f.watched <> n.offers
   OR EXISTS (
     SELECT FROM sync.search_window w
     WHERE w.feed = n.name AND w.parent_window_id IS NULL AND w.retired_at >= f.assigned_at
   );
