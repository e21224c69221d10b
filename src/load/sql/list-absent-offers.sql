-- Purpose: the offers that a search window held until a complete pass did not list them, and that no other window
--          holds: none listed them in its newest complete pass, or since. What looks like a picture changes from one
--          search to the next, so that absence from a window of pictures says nothing.
-- Params:  $1 bigint window id; $2 timestamptz when the pass began; $3 timestamptz|null when the complete one before did
-- Returns: offer_id
SELECT o.offer_id
FROM sync.search_window w
JOIN sync.window_offer o USING (window_id)
WHERE w.window_id = $1::bigint
  AND w.kind <> 'image'
  AND o.last_seen_at < $2::timestamptz
  AND ($3::timestamptz IS NULL OR o.last_seen_at >= $3::timestamptz)
  AND NOT EXISTS (
    SELECT
    FROM sync.window_offer other
    JOIN sync.search_window holder USING (window_id)
    WHERE other.offer_id = o.offer_id
      AND other.window_id <> o.window_id
      AND holder.retired_at IS NULL
      AND other.last_seen_at >= holder.complete_since
  );
