-- Purpose: prices that moved since the first run of a trigger began, the largest relative moves first; one row per
--          offer. Leaves out prices of search rows, which repeat those of details.
-- Params:  $1 text trigger; $2 integer how many
-- Returns: move {offerId, subject, label, kind, minQuantity, fromCny, toCny}; offers, how many have one
SELECT json_build_object(
         'offerId', offer_id::text, 'subject', subject, 'label', label, 'kind', kind, 'minQuantity', min_quantity,
         'fromCny', trim_scale(from_cny)::text, 'toCny', trim_scale(to_cny)::text
       ) AS move,
       count(*) OVER ()::int AS offers
FROM (
  SELECT DISTINCT ON (p.offer_id)
         p.offer_id, o.subject, s.label, p.kind, p.min_quantity, h.amount_cny AS from_cny, p.amount_cny AS to_cny,
         abs(ln(greatest(p.amount_cny, 0.01) / greatest(h.amount_cny, 0.01))) AS size
  FROM catalog.price p
  JOIN catalog.price_history h USING (offer_id, sku_id, kind, min_quantity)
  JOIN catalog.offer o USING (offer_id)
  LEFT JOIN catalog.sku s USING (offer_id, sku_id)
  WHERE p.valid_from >= (SELECT min(started_at) FROM sync.run WHERE trigger = $1::text)
    AND h.valid_to = p.valid_from
    AND p.kind::text NOT LIKE 'search%'
  ORDER BY p.offer_id, size DESC
) moves
ORDER BY size DESC, offer_id
LIMIT $2::int;
