-- Purpose: the feeds whose offers have to be assigned anew: their bound or watch list is another one, or a search of
--          theirs ended.
-- Params:  $1 jsonb [{"feed": text, "max_offers": int|null, "watched": [bigint]}]
-- Returns: feed
SELECT n.feed
FROM jsonb_to_recordset($1::jsonb) AS n (feed text, max_offers int, watched bigint[])
LEFT JOIN sync.feed f USING (feed)
WHERE f.feed IS NULL
   OR f.max_offers IS DISTINCT FROM n.max_offers
   OR f.watched <> n.watched
   OR EXISTS (
     SELECT FROM sync.search_window w
     WHERE w.feed = n.feed AND w.parent_window_id IS NULL AND w.retired_at >= f.assigned_at
   );
