-- Purpose: creates the refresh rows of offers that are not known yet, in ascending id, so that they can be locked.
--          Offers of erased sellers get none: nothing of them is loaded, and they are never due.
-- Params:  $1 bigint[] offer ids, each once; $2 timestamptz[] when each was seen
-- Returns: offer_id of those it made
INSERT INTO sync.refresh (offer_id, first_seen_at)
SELECT n.offer_id, n.seen_at
FROM unnest($1::bigint[], $2::timestamptz[]) AS n (offer_id, seen_at)
WHERE NOT EXISTS (SELECT FROM sync.refresh k WHERE k.offer_id = n.offer_id)
  AND NOT EXISTS (SELECT FROM sync.erased_offer e WHERE e.offer_id = n.offer_id)
ORDER BY n.offer_id
ON CONFLICT (offer_id) DO NOTHING
RETURNING offer_id;
