-- Purpose: the offers that a search, itself or through its parts, contained until a complete pass did not list them,
--          and that no other search contains: none listed them in its newest complete pass, or since. Results of
--          searches by picture differ from one search to the next, so absence from them proves nothing. Nor does
--          absence from parts by price, if the offer had no price when it was last seen.
-- Params:  $1 bigint window id, of no part; $2 timestamptz when the pass began; $3 timestamptz|null when the complete one
--          before did
-- Returns: offerId
WITH own AS MATERIALIZED (
  SELECT window_id
  FROM sync.search_window
  WHERE (window_id = $1::bigint OR parent_window_id = $1::bigint) AND kind <> 'image'
),
held AS (
  SELECT o.offer_id
  FROM own
  JOIN sync.window_offer o USING (window_id)
  GROUP BY o.offer_id
  HAVING max(o.last_seen_at) < $2::timestamptz
     AND ($3::timestamptz IS NULL OR max(o.last_seen_at) >= $3::timestamptz)
)
SELECT h.offer_id AS "offerId"
FROM held h
WHERE EXISTS (
  SELECT FROM sync.search_window WHERE window_id = $1::bigint AND NOT is_split
  UNION ALL
  SELECT FROM catalog.price WHERE offer_id = h.offer_id AND sku_id = 0 AND kind = 'search'
)
AND NOT EXISTS (
  SELECT
  FROM sync.window_offer other
  JOIN sync.search_window w USING (window_id)
  JOIN sync.search_window holder ON holder.window_id = coalesce(w.parent_window_id, w.window_id)
  WHERE other.offer_id = h.offer_id
    AND other.window_id NOT IN (SELECT window_id FROM own)
    AND holder.retired_at IS NULL
    AND other.last_seen_at >= holder.complete_since
);
