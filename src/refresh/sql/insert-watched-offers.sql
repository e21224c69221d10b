-- Purpose: creates the missing rows of offers of a watch list, due at once. Offers of erased sellers get none.
-- Params:  $1 bigint[] offer ids; $2 integer bucket of an offer without a detail
-- Returns: nothing
INSERT INTO sync.refresh (offer_id, first_seen_at, bucket, order_at)
SELECT n.offer_id, usage.ledger_now(), $2::int, usage.ledger_now()
FROM unnest($1::bigint[]) AS n (offer_id)
WHERE NOT EXISTS (SELECT FROM sync.erased_offer e WHERE e.offer_id = n.offer_id)
ORDER BY n.offer_id
ON CONFLICT (offer_id) DO NOTHING;
