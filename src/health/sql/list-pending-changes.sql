-- Purpose: changes that trackers noticed and that are to be sent, the oldest first: of one tracker, offer and field at most two in 24
--          hours, the newest ones.
-- Params:  $1 integer how many
-- Returns: changeId, tracker, condition, offerId, subject, skuId, skuLabel, minQuantity, old, new, notBefore, seenAt, pending (of all,
--          how many are to be sent now)
WITH pending AS (
  SELECT t.*, row_number() OVER (PARTITION BY t.tracker, t.offer_id, t.field ORDER BY t.seen_at DESC) AS nth
  FROM sync.tracked_change t
  WHERE t.sent_at IS NULL AND t.skipped_at IS NULL
)
SELECT p.change_id::text AS "changeId", p.tracker, p.condition, p.offer_id::text AS "offerId", o.subject,
       p.sku_id::text AS "skuId", s.label AS "skuLabel", p.min_quantity AS "minQuantity", p.old, p.new,
       p.not_before AS "notBefore", p.seen_at AS "seenAt", count(*) OVER ()::int AS pending
FROM pending p
LEFT JOIN catalog.offer o USING (offer_id)
LEFT JOIN catalog.sku s USING (offer_id, sku_id)
WHERE p.nth <= 2 - (
  SELECT count(*)
  FROM sync.tracked_change r
  WHERE (r.tracker, r.offer_id, r.field) = (p.tracker, p.offer_id, p.field)
    AND r.sent_at > usage.ledger_now() - interval '24 hours')
ORDER BY p.seen_at, p.change_id
LIMIT $1::int;
