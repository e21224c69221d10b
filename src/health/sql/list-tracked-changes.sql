-- Purpose: changes that trackers noticed, the newest first.
-- Params:  $1 text|null only this tracker; $2 integer how many
-- Returns: changeId, tracker, condition, offerId, subject, skuId, skuLabel, minQuantity, old, new, notBefore, seenAt, sentAt, skippedAt
SELECT t.change_id::text AS "changeId", t.tracker, t.condition, t.offer_id::text AS "offerId", o.subject,
       t.sku_id::text AS "skuId", s.label AS "skuLabel", t.min_quantity AS "minQuantity", t.old, t.new,
       t.not_before AS "notBefore", t.seen_at AS "seenAt", t.sent_at AS "sentAt", t.skipped_at AS "skippedAt"
FROM sync.tracked_change t
LEFT JOIN catalog.offer o USING (offer_id)
LEFT JOIN catalog.sku s USING (offer_id, sku_id)
WHERE $1::text IS NULL OR t.tracker = $1::text
ORDER BY t.seen_at DESC, t.change_id DESC
LIMIT $2::int;
