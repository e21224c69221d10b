-- Purpose: records which offers a search window lists, whichever page is loaded first.
-- Params:  $1 bigint window id; $2 bigint[] offer ids, each once; $3 timestamptz when
-- Returns: nothing
INSERT INTO sync.window_offer AS w (window_id, offer_id, first_seen_at, last_seen_at)
SELECT $1::bigint, offer_id, $3::timestamptz, $3::timestamptz
FROM unnest($2::bigint[]) AS n (offer_id)
ORDER BY offer_id
ON CONFLICT (window_id, offer_id) DO UPDATE
SET first_seen_at = least(w.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(w.last_seen_at, excluded.last_seen_at)
WHERE excluded.first_seen_at < w.first_seen_at OR excluded.last_seen_at > w.last_seen_at;
