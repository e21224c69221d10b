-- Purpose: erases what a seller wrote into its offers, which are locked, and removes the reference to the seller. Ids,
--          category, state, quantities, prices and counts stay.
-- Params:  $1 bigint[] offer ids, each once; $2 bytea hash of the seller
-- Returns: offer_id
WITH n AS (
  SELECT unnest($1::bigint[]) AS offer_id
),
marked AS (
  INSERT INTO sync.erased_offer (offer_id, seller_hash, erased_at)
  SELECT offer_id, $2::bytea, usage.ledger_now() FROM n ORDER BY offer_id
  ON CONFLICT (offer_id) DO NOTHING
),
attributes AS (
  DELETE FROM catalog.offer_attribute a USING n WHERE a.offer_id = n.offer_id
),
skus AS (
  UPDATE catalog.sku s
  SET spec_id = NULL, cargo_number = NULL, label = NULL, attributes = '[]', image_url = NULL
  FROM n
  WHERE s.offer_id = n.offer_id
),
sku_states AS (
  UPDATE catalog.sku_history h
  SET spec_id = NULL, cargo_number = NULL, label = NULL, attributes = CASE h.state WHEN 'listed' THEN '[]'::jsonb END, image_url = NULL
  FROM n
  WHERE h.offer_id = n.offer_id
),
changes AS (
  UPDATE catalog.offer_change c
  SET old = NULL, new = NULL
  FROM n
  WHERE c.offer_id = n.offer_id
    AND c.field NOT IN ('state', 'category_id', 'quote_type', 'min_order_quantity', 'batch_number')
)
UPDATE catalog.offer o
SET seller_id = NULL, subject = NULL, subject_translated = NULL, source_status = NULL, unit = NULL,
    unit_translated = NULL, main_image_url = NULL, image_urls = NULL, white_image_url = NULL, video_url = NULL, ship_from = NULL, cargo_number = NULL,
    selling_points = NULL, certificates = NULL, seller_identities = NULL, content_hash = NULL
FROM n
WHERE o.offer_id = n.offer_id
RETURNING o.offer_id;
