-- Purpose: locks what is known of the repricings of shops until the transaction ends, in ascending id, and creates
--          missing rows. How long a shop is known is estimated from a hundred of its offers.
-- Params:  $1 text[] sellers, each once
-- Returns: the rows of sync.shop_suspicion
INSERT INTO sync.shop_suspicion AS s (seller_id, known_since)
SELECT n.seller_id, coalesce(k.known_since, usage.ledger_now())
FROM unnest($1::text[]) AS n (seller_id)
LEFT JOIN LATERAL (
  SELECT min(r.first_seen_at) AS known_since
  FROM (SELECT offer_id FROM catalog.offer WHERE seller_id = n.seller_id LIMIT 100) o
  JOIN sync.refresh r USING (offer_id)
  WHERE NOT EXISTS (SELECT FROM sync.shop_suspicion k WHERE k.seller_id = n.seller_id)
) k ON true
ORDER BY n.seller_id
-- Only an update locks an existing row and returns it as its last holder left it.
ON CONFLICT (seller_id) DO UPDATE SET known_since = s.known_since
RETURNING s.seller_id, s.known_since, s.from_at, s.seen_at, s.log_odds, s.siblings, s.repricings, s.pages, s.siblings_expected,
          s.siblings_changed;
