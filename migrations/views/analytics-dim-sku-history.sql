-- Purpose: the versions of a SKU, without its stock and prices. The present version begins where the past ones end.
--          changed_fields and not_before cost nothing unless a query selects them.
CREATE VIEW analytics.dim_sku_history AS
SELECT v.offer_id, v.sku_id, v.valid_from, v.valid_to, v.valid_to IS NULL AS is_current,
       CASE WHEN v.state = v.state_before
         THEN ARRAY(SELECT n.key FROM jsonb_each(v.content) n WHERE n.value <> v.content_before -> n.key ORDER BY n.key)
         ELSE '{state}' END AS changed_fields,
       (SELECT b.observed_at
        FROM catalog.observation b
        WHERE b.offer_id = v.offer_id AND b.source = 'detail' AND b.is_found AND b.observed_at < v.valid_from
          AND (b.read_sku_ids IS NULL OR v.sku_id = ANY (b.read_sku_ids))
        ORDER BY b.observed_at DESC
        LIMIT 1) AS not_before,
       v.state, v.label, v.attributes, v.cargo_number, v.spec_id, v.image_url, v.weight_g, v.weight_source, v.length_mm,
       v.width_mm, v.height_mm, v.size_source,
       v.call_id
FROM (
  SELECT e.*, lag(e.state) OVER thing AS state_before, lag(e.content) OVER thing AS content_before
  FROM (
    SELECT h.offer_id, h.sku_id, h.valid_from, h.valid_to, h.call_id, h.state, h.label, h.attributes, h.cargo_number, h.spec_id, h.image_url, h.weight_g, h.weight_source, h.length_mm,
           h.width_mm, h.height_mm, h.size_source,
           to_jsonb(h) - '{offer_id,sku_id,valid_from,valid_to,call_id,closed_by_call_id}'::text[] AS content
    FROM catalog.sku_history h
    WHERE h.valid_to > h.valid_from
    UNION ALL
    SELECT k.offer_id, k.sku_id, coalesce(l.valid_to, k.first_seen_at, k.changed_at), NULL,
           coalesce(l.closed_by_call_id, k.first_call_id, k.call_id), k.state, w.label, w.attributes, w.cargo_number, w.spec_id, w.image_url, w.weight_g, w.weight_source, w.length_mm,
           w.width_mm, w.height_mm, w.size_source,
           to_jsonb(k) - '{offer_id,sku_id,stock,last_listed_at,last_listed_call_id,changed_at,call_id,first_seen_at,first_call_id}'::text[]
    FROM catalog.sku k
    -- The row of a gone SKU still has its last values.
    LEFT JOIN catalog.sku w ON (w.offer_id, w.sku_id) = (k.offer_id, k.sku_id) AND k.state = 'listed'
    LEFT JOIN LATERAL (
      SELECT h.valid_to, h.closed_by_call_id
      FROM catalog.sku_history h
      WHERE (h.offer_id, h.sku_id) = (k.offer_id, k.sku_id)
      ORDER BY h.valid_from DESC, h.call_id DESC
      LIMIT 1
    ) l ON true
  ) e
  WINDOW thing AS (PARTITION BY e.offer_id, e.sku_id ORDER BY e.valid_from)
) v;

COMMENT ON VIEW analytics.dim_sku_history IS 'One version of a SKU over [valid_from, valid_to), without its stock (fct_stock_history) and prices (fct_price_history). An observation that shows no change adds no row. Filter by offer_id. Key: offer_id, sku_id, valid_from.';
COMMENT ON COLUMN analytics.dim_sku_history.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.dim_sku_history.sku_id IS 'SKU (dim_sku).';
COMMENT ON COLUMN analytics.dim_sku_history.valid_from IS 'Grant time of the first call that showed this version.';
COMMENT ON COLUMN analytics.dim_sku_history.valid_to IS 'Grant time of the call that showed another version; null: this is the current one.';
COMMENT ON COLUMN analytics.dim_sku_history.is_current IS 'True: no later observation showed another version.';
COMMENT ON COLUMN analytics.dim_sku_history.changed_fields IS 'Columns that changed at valid_from; only state if the SKU appeared or vanished.';
COMMENT ON COLUMN analytics.dim_sku_history.not_before IS 'Time of the last observation that still showed the previous version, or did not list the SKU: the change came after it. Null: none is known.';
COMMENT ON COLUMN analytics.dim_sku_history.state IS 'listed: detail answers listed it; gone: they did not, and the columns that follow are null.';
COMMENT ON COLUMN analytics.dim_sku_history.label IS 'Attributes as one readable text.';
COMMENT ON COLUMN analytics.dim_sku_history.attributes IS 'Attributes as JSON, as in dim_sku.';
COMMENT ON COLUMN analytics.dim_sku_history.cargo_number IS 'The seller''s article number.';
COMMENT ON COLUMN analytics.dim_sku_history.spec_id IS '1688''s specId, by which orders name the SKU.';
COMMENT ON COLUMN analytics.dim_sku_history.image_url IS 'Image.';
COMMENT ON COLUMN analytics.dim_sku_history.weight_g IS 'Shipping weight of one unit, in grams.';
COMMENT ON COLUMN analytics.dim_sku_history.weight_source IS 'Source of weight_g, as in dim_sku.';
COMMENT ON COLUMN analytics.dim_sku_history.length_mm IS 'Shipping length of one unit, in millimetres.';
COMMENT ON COLUMN analytics.dim_sku_history.width_mm IS 'Width, in millimetres.';
COMMENT ON COLUMN analytics.dim_sku_history.height_mm IS 'Height, in millimetres.';
COMMENT ON COLUMN analytics.dim_sku_history.size_source IS 'Source of the three sides, as in dim_sku.';
COMMENT ON COLUMN analytics.dim_sku_history.call_id IS 'First call that showed this version (usage.api_call; soft reference).';
