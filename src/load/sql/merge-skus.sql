-- Purpose: writes the SKUs of detail answers, the newest of locked offers, where they differ. SKUs that a complete
--          answer does not list are gone, and keep the last answer that listed them. The previous version of a SKU goes
--          to its history, which begins where the one before ended.
-- Params:  $1 jsonb [{offer_id, is_complete, observed_at, call_id}], each offer once; $2 jsonb rows of catalog.sku
-- Returns: nothing
WITH answer AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS a (offer_id bigint, is_complete boolean, observed_at timestamptz, call_id bigint)
),
n AS (
  SELECT * FROM jsonb_populate_recordset(NULL::catalog.sku, $2::jsonb)
),
compared AS (
  SELECT k.*, a.observed_at, a.call_id AS by_call_id, n.sku_id IS NULL AS is_absent,
         (k.state, k.spec_id, k.cargo_number, k.label, k.attributes, k.image_url,
          k.weight_g, k.weight_source, k.length_mm, k.width_mm, k.height_mm, k.size_source)
         IS DISTINCT FROM
         (n.state, n.spec_id, n.cargo_number, n.label, n.attributes, n.image_url,
          n.weight_g, n.weight_source, n.length_mm, n.width_mm, n.height_mm, n.size_source) AS is_changed,
         CASE k.state WHEN 'listed' THEN k.stock END AS stock_before,
         CASE k.state WHEN 'listed' THEN k.stock END IS DISTINCT FROM n.stock AS is_stock_changed
  FROM answer a
  JOIN catalog.sku k USING (offer_id)
  LEFT JOIN n USING (offer_id, sku_id)
  WHERE n.sku_id IS NOT NULL OR (a.is_complete AND k.state = 'listed')
),
past AS (
  INSERT INTO catalog.sku_history
    (offer_id, sku_id, valid_from, call_id, valid_to, closed_by_call_id, state, spec_id, cargo_number, label, attributes,
     image_url, weight_g, weight_source, length_mm, width_mm, height_mm, size_source)
  SELECT c.offer_id, c.sku_id, coalesce(h.valid_to, c.first_seen_at, c.changed_at),
         coalesce(h.closed_by_call_id, c.first_call_id, c.call_id), c.observed_at, c.by_call_id, c.state,
         -- The row of a gone SKU still has its last values.
         w.spec_id, w.cargo_number, w.label, w.attributes, w.image_url, w.weight_g, w.weight_source, w.length_mm, w.width_mm,
         w.height_mm, w.size_source
  FROM compared c
  LEFT JOIN catalog.sku w ON (w.offer_id, w.sku_id, w.state) = (c.offer_id, c.sku_id, 'listed')
  LEFT JOIN LATERAL (
    SELECT h.valid_to, h.closed_by_call_id
    FROM catalog.sku_history h
    WHERE (h.offer_id, h.sku_id) = (c.offer_id, c.sku_id)
    ORDER BY h.valid_from DESC, h.call_id DESC
    LIMIT 1
  ) h ON true
  WHERE c.is_changed
),
past_stock AS (
  INSERT INTO catalog.stock_history (offer_id, sku_id, valid_from, call_id, valid_to, closed_by_call_id, stock)
  SELECT c.offer_id, c.sku_id, coalesce(h.valid_to, c.first_seen_at, c.changed_at),
         coalesce(h.closed_by_call_id, c.first_call_id, c.call_id), c.observed_at, c.by_call_id, c.stock_before
  FROM compared c
  LEFT JOIN LATERAL (
    SELECT h.valid_to, h.closed_by_call_id
    FROM catalog.stock_history h
    WHERE (h.offer_id, h.sku_id) = (c.offer_id, c.sku_id)
    ORDER BY h.valid_from DESC, h.call_id DESC
    LIMIT 1
  ) h ON true
  WHERE c.is_stock_changed
),
gone AS (
  UPDATE catalog.sku k
  SET state = 'gone', last_listed_at = coalesce(l.observed_at, c.changed_at),
      last_listed_call_id = coalesce(l.call_id, c.call_id), changed_at = c.observed_at, call_id = c.by_call_id
  FROM compared c
  LEFT JOIN LATERAL (
    SELECT o.observed_at, o.call_id
    FROM catalog.observation o
    WHERE o.offer_id = c.offer_id AND o.source = 'detail' AND o.is_found
      AND (o.observed_at, o.call_id) < (c.observed_at, c.by_call_id)
      AND (o.read_sku_ids IS NULL OR c.sku_id = ANY (o.read_sku_ids))
    ORDER BY o.observed_at DESC, o.call_id DESC
    LIMIT 1
  ) l ON true
  WHERE c.is_absent AND (k.offer_id, k.sku_id) = (c.offer_id, c.sku_id)
)
INSERT INTO catalog.sku AS s
SELECT n.*
FROM n
LEFT JOIN compared c USING (offer_id, sku_id)
WHERE c.sku_id IS NULL OR c.is_changed OR c.is_stock_changed
ON CONFLICT (offer_id, sku_id) DO UPDATE
SET state = excluded.state,
    spec_id = excluded.spec_id,
    cargo_number = excluded.cargo_number,
    label = excluded.label,
    attributes = excluded.attributes,
    stock = excluded.stock,
    image_url = excluded.image_url,
    weight_g = excluded.weight_g,
    weight_source = excluded.weight_source,
    length_mm = excluded.length_mm,
    width_mm = excluded.width_mm,
    height_mm = excluded.height_mm,
    size_source = excluded.size_source,
    last_listed_at = excluded.last_listed_at,
    last_listed_call_id = excluded.last_listed_call_id,
    changed_at = excluded.changed_at,
    call_id = excluded.call_id;
