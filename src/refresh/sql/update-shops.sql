-- Purpose: writes what is known of the repricings of locked shops; deletes the rows of shops of which nothing is known
--          any more.
-- Params:  $1 jsonb [{seller_id, from_at, seen_at, log_odds, siblings, repricings, pages, siblings_expected, siblings_changed}]
-- Returns: nothing
WITH n AS MATERIALIZED (
  SELECT *, log_odds IS NULL AND repricings = 0 AND pages = 0 AS is_nothing
  FROM jsonb_populate_recordset(NULL::sync.shop_suspicion, $1::jsonb)
),
forgotten AS (
  DELETE FROM sync.shop_suspicion s USING n WHERE s.seller_id = n.seller_id AND n.is_nothing
)
UPDATE sync.shop_suspicion s
SET from_at = n.from_at, seen_at = n.seen_at, log_odds = n.log_odds, siblings = n.siblings, repricings = n.repricings,
    pages = n.pages, siblings_expected = n.siblings_expected, siblings_changed = n.siblings_changed
FROM n
WHERE s.seller_id = n.seller_id AND NOT n.is_nothing;
