-- Purpose: writes the SKUs of the newest detail answers of locked offers, where they differ; those that are absent
--          from a complete answer are gone, and keep the time of the last answer that listed them.
-- Params:  $1 jsonb [{offer_id, is_complete, observed_at, call_id, previous_at, previous_call_id}], previous = the newest answer
--          before this one that found the offer, or null; $2 jsonb rows of catalog.sku
-- Returns: offer_id of each listed SKU that was written
WITH answer AS (
  SELECT *
  FROM jsonb_to_recordset($1::jsonb)
    AS a (offer_id bigint, is_complete boolean, observed_at timestamptz, call_id bigint, previous_at timestamptz, previous_call_id bigint)
),
n AS (
  SELECT * FROM jsonb_populate_recordset(NULL::catalog.sku, $2::jsonb)
),
gone AS (
  UPDATE catalog.sku k
  SET state = 'gone', last_listed_at = a.previous_at, last_listed_call_id = a.previous_call_id,
      changed_at = a.observed_at, call_id = a.call_id
  FROM answer a
  WHERE k.offer_id = a.offer_id
    AND a.is_complete
    AND k.state = 'listed'
    AND NOT EXISTS (SELECT FROM n WHERE (n.offer_id, n.sku_id) = (k.offer_id, k.sku_id))
)
INSERT INTO catalog.sku AS s
SELECT n.*
FROM n
LEFT JOIN catalog.sku k USING (offer_id, sku_id)
WHERE k.sku_id IS NULL
   OR (k.state, k.spec_id, k.cargo_number, k.label, k.attributes, k.stock, k.image_url,
       k.weight_g, k.weight_source, k.length_mm, k.width_mm, k.height_mm, k.size_source)
      IS DISTINCT FROM
      (n.state, n.spec_id, n.cargo_number, n.label, n.attributes, n.stock, n.image_url,
       n.weight_g, n.weight_source, n.length_mm, n.width_mm, n.height_mm, n.size_source)
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
    call_id = excluded.call_id
RETURNING s.offer_id;
