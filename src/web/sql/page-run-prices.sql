-- Purpose: the prices that a run saw change, with what they became then, the largest moves first. The day on which they ended finds them.
-- Params:  $1 bigint run id; $2 integer how many
-- Returns: offerId, subject, kind, label (of the SKU), minQuantity, wasCny, isCny
SELECT h.offer_id::text AS "offerId", o.subject, h.kind, k.label, h.min_quantity AS "minQuantity",
       trim_scale(h.amount_cny)::text AS "wasCny", trim_scale(h.next_amount_cny)::text AS "isCny"
FROM sync.run r
JOIN catalog.price_history h
  ON (h.valid_to AT TIME ZONE INTERVAL '8 hours')::date
       BETWEEN (r.started_at AT TIME ZONE INTERVAL '8 hours')::date
           AND (coalesce(r.ended_at, usage.ledger_now()) AT TIME ZONE INTERVAL '8 hours')::date
 AND h.valid_to BETWEEN r.started_at AND coalesce(r.ended_at, usage.ledger_now())
JOIN usage.api_call c ON c.call_id = h.closed_by_call_id AND c.granted_at = h.valid_to AND c.run_id = r.run_id
LEFT JOIN catalog.offer o ON o.offer_id = h.offer_id
LEFT JOIN catalog.sku k ON (k.offer_id, k.sku_id) = (h.offer_id, h.sku_id)
WHERE r.run_id = $1::bigint AND h.next_amount_cny IS NOT NULL
ORDER BY abs(h.next_amount_cny / nullif(h.amount_cny, 0) - 1) DESC NULLS LAST, h.offer_id, h.sku_id, h.kind, h.min_quantity
LIMIT $2::int;
