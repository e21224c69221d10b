-- Purpose: the stock of each SKU over time, the present included. The observation before is looked up only where it is asked for.
CREATE VIEW analytics.fct_stock_history AS
SELECT v.offer_id, v.sku_id, v.stock, o.unit, v.valid_from, (v.valid_from AT TIME ZONE INTERVAL '8 hours')::date AS valid_from_day,
       v.valid_to, (v.valid_to AT TIME ZONE INTERVAL '8 hours')::date AS valid_to_day, v.valid_to IS NULL AS is_current,
       (SELECT b.observed_at
        FROM catalog.observation b
        WHERE b.offer_id = v.offer_id AND b.source = 'detail' AND b.is_found AND b.observed_at < v.valid_from
          AND (b.read_sku_ids IS NULL OR v.sku_id = ANY (b.read_sku_ids))
        ORDER BY b.observed_at DESC
        LIMIT 1) AS not_before,
       v.call_id
FROM (
  SELECT h.offer_id, h.sku_id, h.stock, h.valid_from, h.valid_to, h.call_id
  FROM catalog.stock_history h
  WHERE h.valid_to > h.valid_from AND h.stock IS NOT NULL
  UNION ALL
  SELECT k.offer_id, k.sku_id, k.stock, coalesce(l.valid_to, k.first_seen_at, k.changed_at), NULL,
         coalesce(l.closed_by_call_id, k.first_call_id, k.call_id)
  FROM catalog.sku k
  LEFT JOIN LATERAL (
    SELECT h.valid_to, h.closed_by_call_id
    FROM catalog.stock_history h
    WHERE (h.offer_id, h.sku_id) = (k.offer_id, k.sku_id)
    ORDER BY h.valid_from DESC, h.call_id DESC
    LIMIT 1
  ) l ON true
  WHERE k.state = 'listed' AND k.stock IS NOT NULL
) v
LEFT JOIN catalog.offer o USING (offer_id);

COMMENT ON VIEW analytics.fct_stock_history IS 'Units of one SKU in stock over [valid_from, valid_to). While a SKU is not listed it has none. Offers without SKUs have their stock in fct_offer_daily and fct_observation. Ask for offers or days. Key: offer_id, sku_id, valid_from.';
COMMENT ON COLUMN analytics.fct_stock_history.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.fct_stock_history.sku_id IS 'SKU (dim_sku).';
COMMENT ON COLUMN analytics.fct_stock_history.stock IS 'Units in stock; 0: sold out.';
COMMENT ON COLUMN analytics.fct_stock_history.unit IS 'Unit of sale of the offer, as it is now.';
COMMENT ON COLUMN analytics.fct_stock_history.valid_from IS 'When the call that first showed this stock was granted.';
COMMENT ON COLUMN analytics.fct_stock_history.valid_from_day IS 'Day of that in Shanghai.';
COMMENT ON COLUMN analytics.fct_stock_history.valid_to IS 'When the call that showed another stock, or the SKU no longer, was granted; null: it is the present one.';
COMMENT ON COLUMN analytics.fct_stock_history.valid_to_day IS 'Day of that in Shanghai; found by an index.';
COMMENT ON COLUMN analytics.fct_stock_history.is_current IS 'True: no observation showed another since.';
COMMENT ON COLUMN analytics.fct_stock_history.not_before IS 'The observation before, which still showed the stock before, or the SKU not at all: the change came after it. Null: none is known.';
COMMENT ON COLUMN analytics.fct_stock_history.call_id IS 'Call that first showed it (usage.api_call; soft reference).';
