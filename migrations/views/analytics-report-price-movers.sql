-- Purpose: prices that are not what they were a week ago. From what ended in the week, which an index finds, so that the
--          prices that stood still are never looked at.
CREATE VIEW analytics.price_movers AS
SELECT m.offer_id, o.subject, o.subject_translated, o.state, o.category_id, m.sku_id, m.kind, m.min_quantity,
       m.before_cny, p.amount_cny AS now_cny, (p.amount_cny - m.before_cny)::numeric(14, 4) AS change_cny,
       round(100 * (p.amount_cny / nullif(m.before_cny, 0) - 1), 2)::numeric(20, 2) AS change_percent, o.unit,
       EXISTS (
         SELECT FROM catalog.offer_change c
         WHERE c.offer_id = m.offer_id AND c.field = 'unit' AND c.observed_at > m.before_from AND c.observed_at <= p.valid_from
       ) AS is_unit_changed,
       m.changes, m.changed_at, (m.changed_at AT TIME ZONE INTERVAL '8 hours')::date AS day,
       (SELECT b.observed_at
        FROM catalog.observation b
        WHERE b.offer_id = m.offer_id AND b.observed_at < m.first_changed_at AND b.is_found AND NOT b.is_late
          AND b.source = CASE WHEN m.kind LIKE 'search%' THEN 'search' ELSE 'detail' END
        ORDER BY b.observed_at DESC
        LIMIT 1) AS not_before,
       NOT EXISTS (
         SELECT FROM catalog.observation b
         WHERE b.offer_id = m.offer_id AND b.observed_at > (SELECT now - interval '7 days' FROM analytics.clock)
           AND b.observed_at < m.first_changed_at AND b.is_found AND NOT b.is_late
           AND b.source = CASE WHEN m.kind LIKE 'search%' THEN 'search' ELSE 'detail' END
       ) AS may_be_older
FROM (
  SELECT h.offer_id, h.sku_id, h.kind, h.min_quantity, (array_agg(h.before_cny ORDER BY h.changed_at))[1]::numeric(14, 4) AS before_cny,
         min(h.before_from) AS before_from, count(*)::int AS changes, max(h.changed_at) AS changed_at,
         min(h.changed_at) AS first_changed_at
  FROM analytics.fct_price_change h
  WHERE h.day >= (SELECT day - 7 FROM analytics.clock)
    AND h.changed_at > (SELECT now - interval '7 days' FROM analytics.clock)
  GROUP BY h.offer_id, h.sku_id, h.kind, h.min_quantity
) m
-- A look-up of one price for each: joined by four columns that depend on each other, one row in all would be expected, and
-- whatever is joined next would be read from end to end for each.
CROSS JOIN LATERAL (
  SELECT f.amount_cny, f.valid_from
  FROM catalog.price f
  WHERE (f.offer_id, f.sku_id, f.kind, f.min_quantity) = (m.offer_id, m.sku_id, m.kind, m.min_quantity)
  LIMIT 1
) p
JOIN catalog.offer o USING (offer_id)
WHERE p.amount_cny <> m.before_cny;

COMMENT ON VIEW analytics.price_movers IS 'One price of which the last seven days showed that it moved; one that came back to what it was is not here. Those with may_be_older may have moved before these days. Key: offer_id, sku_id, kind, min_quantity.';
COMMENT ON COLUMN analytics.price_movers.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.price_movers.subject IS 'Title in Chinese.';
COMMENT ON COLUMN analytics.price_movers.subject_translated IS 'Title in the language of the sync.';
COMMENT ON COLUMN analytics.price_movers.state IS 'listed: on sale; for others see dim_offer.';
COMMENT ON COLUMN analytics.price_movers.category_id IS 'Category (dim_category).';
COMMENT ON COLUMN analytics.price_movers.sku_id IS 'SKU the price is for; 0 = the offer as a whole.';
COMMENT ON COLUMN analytics.price_movers.kind IS 'Kind of price, as in fct_price_history.';
COMMENT ON COLUMN analytics.price_movers.min_quantity IS 'The price holds from this many units on.';
COMMENT ON COLUMN analytics.price_movers.before_cny IS 'Price that held seven days ago, in yuan for one unit; of a price that began since: the first one.';
COMMENT ON COLUMN analytics.price_movers.now_cny IS 'Price that holds now.';
COMMENT ON COLUMN analytics.price_movers.change_cny IS 'Now less before.';
COMMENT ON COLUMN analytics.price_movers.change_percent IS 'The same in per cent of the price before; null when that was 0.';
COMMENT ON COLUMN analytics.price_movers.unit IS 'Unit of sale now.';
COMMENT ON COLUMN analytics.price_movers.is_unit_changed IS 'True: the price that holds now began in another unit than the one before, so the two can''t be compared.';
COMMENT ON COLUMN analytics.price_movers.changes IS 'Changes in the seven days.';
COMMENT ON COLUMN analytics.price_movers.changed_at IS 'Last of them: when its call was granted.';
COMMENT ON COLUMN analytics.price_movers.day IS 'Day of that in Shanghai.';
COMMENT ON COLUMN analytics.price_movers.not_before IS 'The observation before the first of the changes: that came after it.';
COMMENT ON COLUMN analytics.price_movers.may_be_older IS 'True: not_before is not within the seven days, so the price may have moved before them. False: it surely moved within them.';
