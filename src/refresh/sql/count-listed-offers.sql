-- Purpose: counts the offers that a search window has listed since a time.
-- Params:  $1 bigint window id; $2 bigint[] offer ids, each once; $3 timestamptz
-- Returns: listed (integer)
SELECT count(*)::int AS listed
FROM sync.window_offer
WHERE window_id = $1::bigint AND offer_id = ANY ($2::bigint[]) AND last_seen_at >= $3::timestamptz;
