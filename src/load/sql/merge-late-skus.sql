-- Purpose: keeps SKUs of late detail answers of locked offers: those that no newer answer lists are gone.
-- Params:  $1 jsonb rows of catalog.sku, gone, with the late call as the last that listed them
-- Returns: nothing
INSERT INTO catalog.sku AS s
SELECT n.*
FROM jsonb_populate_recordset(NULL::catalog.sku, $1::jsonb) AS n
LEFT JOIN catalog.sku k USING (offer_id, sku_id)
WHERE k.sku_id IS NULL
   OR (k.last_listed_at, k.last_listed_call_id) < (n.last_listed_at, n.last_listed_call_id)
ON CONFLICT (offer_id, sku_id) DO UPDATE
SET spec_id = excluded.spec_id,
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
