-- Purpose: locks sellers in ascending id and picks those of which an answer is the newest description.
-- Params:  $1 text[] seller ids, each once; $2 timestamptz[] and $3 bigint[] time and id of the call of each
--          (-infinity and 0: only named, not described)
-- Returns: seller_id of those to be written
INSERT INTO sync.seller_look AS l (seller_id, observed_at, call_id)
SELECT n.seller_id, n.observed_at, n.call_id
FROM unnest($1::text[], $2::timestamptz[], $3::bigint[]) AS n (seller_id, observed_at, call_id)
ORDER BY n.seller_id
ON CONFLICT (seller_id) DO UPDATE
SET observed_at = excluded.observed_at, call_id = excluded.call_id
WHERE (l.observed_at, l.call_id) < (excluded.observed_at, excluded.call_id)
RETURNING seller_id;
