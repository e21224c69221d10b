-- Purpose: the stock of each SKU over time, the present included. not_before costs nothing unless a query selects it.
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

COMMENT ON VIEW analytics.fct_stock_history IS 'Stock of one SKU, in units, over [valid_from, valid_to). Times in which the SKU is not listed have no row. For offers without SKUs, see stock in fct_offer_daily and fct_observation. Filter by offer_id or by days. Key: offer_id, sku_id, valid_from.';
COMMENT ON COLUMN analytics.fct_stock_history.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.fct_stock_history.sku_id IS 'SKU (dim_sku).';
COMMENT ON COLUMN analytics.fct_stock_history.stock IS 'Units in stock; 0: sold out.';
COMMENT ON COLUMN analytics.fct_stock_history.unit IS 'Current unit of sale of the offer.';
COMMENT ON COLUMN analytics.fct_stock_history.valid_from IS 'Grant time of the first call that showed this stock.';
COMMENT ON COLUMN analytics.fct_stock_history.valid_from_day IS 'Day of valid_from in Shanghai.';
COMMENT ON COLUMN analytics.fct_stock_history.valid_to IS 'Grant time of the call that showed another stock, or the SKU no longer; null: this is the current stock.';
COMMENT ON COLUMN analytics.fct_stock_history.valid_to_day IS 'Day of valid_to in Shanghai; indexed.';
COMMENT ON COLUMN analytics.fct_stock_history.is_current IS 'True: no later observation showed another stock.';
COMMENT ON COLUMN analytics.fct_stock_history.not_before IS 'Time of the last observation that still showed the previous stock, or did not list the SKU: the change came after it. Null: none is known.';
COMMENT ON COLUMN analytics.fct_stock_history.call_id IS 'First call that showed this stock (usage.api_call; soft reference).';
