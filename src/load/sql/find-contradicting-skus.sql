-- Purpose: the recorded detail answers with which the histories of SKUs disagree.
-- Params:  $1 jsonb [{offer_id, is_complete, observed_at, call_id}]; $2 jsonb rows of catalog.sku, of the call that listed each
-- Returns: call_id
WITH answer AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS a (offer_id bigint, is_complete boolean, observed_at timestamptz, call_id bigint)
),
n AS (
  SELECT * FROM jsonb_populate_recordset(NULL::catalog.sku, $2::jsonb)
)
SELECT DISTINCT a.call_id
FROM answer a
CROSS JOIN LATERAL (
  SELECT k.sku_id FROM catalog.sku k WHERE k.offer_id = a.offer_id
  UNION
  SELECT n.sku_id FROM n WHERE (n.offer_id, n.call_id) = (a.offer_id, a.call_id)
) part
LEFT JOIN catalog.sku k ON (k.offer_id, k.sku_id) = (a.offer_id, part.sku_id)
LEFT JOIN n ON (n.offer_id, n.call_id, n.sku_id) = (a.offer_id, a.call_id, part.sku_id)
LEFT JOIN LATERAL (
  SELECT h.*
  FROM catalog.sku_history h
  WHERE (h.offer_id, h.sku_id) = (a.offer_id, part.sku_id) AND (h.valid_to, h.closed_by_call_id) > (a.observed_at, a.call_id)
  ORDER BY h.valid_from, h.call_id
  LIMIT 1
) h ON true
LEFT JOIN LATERAL (
  SELECT s.*
  FROM catalog.stock_history s
  WHERE (s.offer_id, s.sku_id) = (a.offer_id, part.sku_id) AND (s.valid_to, s.closed_by_call_id) > (a.observed_at, a.call_id)
  ORDER BY s.valid_from, s.call_id
  LIMIT 1
) s ON true
CROSS JOIN LATERAL (
  SELECT CASE WHEN (k.first_seen_at, k.first_call_id) <= (a.observed_at, a.call_id) THEN coalesce(h.state, k.state) ELSE 'unknown' END AS state,
         CASE WHEN s.offer_id IS NOT NULL THEN s.stock WHEN k.state = 'listed' THEN k.stock END AS stock
) shown
WHERE CASE
  WHEN n.sku_id IS NULL THEN a.is_complete AND shown.state <> 'unknown' AND (shown.state = 'listed' OR shown.stock IS NOT NULL)
  WHEN shown.state <> 'listed' THEN true
  -- The SKU is gone, and this answer is the last that listed it.
  WHEN k.state = 'gone' AND (k.last_listed_at, k.last_listed_call_id) < (a.observed_at, a.call_id) THEN true
  ELSE n.stock IS DISTINCT FROM shown.stock
    OR (n.spec_id, n.cargo_number, n.label, n.attributes, n.image_url, n.weight_g, n.weight_source, n.length_mm, n.width_mm,
        n.height_mm, n.size_source)
       IS DISTINCT FROM
       CASE WHEN h.offer_id IS NULL
         THEN (k.spec_id, k.cargo_number, k.label, k.attributes, k.image_url, k.weight_g, k.weight_source, k.length_mm, k.width_mm,
               k.height_mm, k.size_source)
         ELSE (h.spec_id, h.cargo_number, h.label, h.attributes, h.image_url, h.weight_g, h.weight_source, h.length_mm, h.width_mm,
               h.height_mm, h.size_source) END
END;
