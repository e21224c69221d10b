-- Purpose: prices that moved at or after a time, the largest relative moves first; one row an offer. Prices of
--          search rows are left out: they repeat what the details say.
-- Params:  $1 timestamptz since; $2 integer how many
-- Returns: offer_id, subject, label, kind, min_quantity, from_cny, to_cny
SELECT offer_id, subject, label, kind, min_quantity, trim_scale(from_cny) AS from_cny, trim_scale(to_cny) AS to_cny
FROM (
  SELECT DISTINCT ON (p.offer_id)
         p.offer_id, o.subject, s.label, p.kind, p.min_quantity, h.amount_cny AS from_cny, p.amount_cny AS to_cny,
         abs(ln(greatest(p.amount_cny, 0.01) / greatest(h.amount_cny, 0.01))) AS size
  FROM catalog.price p
  JOIN catalog.price_history h USING (offer_id, sku_id, kind, min_quantity)
  JOIN catalog.offer o USING (offer_id)
  LEFT JOIN catalog.sku s USING (offer_id, sku_id)
  WHERE p.valid_from >= $1::timestamptz AND h.valid_to = p.valid_from AND p.kind <> 'search'
  ORDER BY p.offer_id, size DESC
) moves
ORDER BY size DESC, offer_id
LIMIT $2::int;
