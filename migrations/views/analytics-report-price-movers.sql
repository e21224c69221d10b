-- Purpose: prices that differ from those of a week ago. Reads the intervals that ended in the week, by index, and groups
--          them, in place of a look-up for each: each has the price that followed it.
CREATE VIEW analytics.price_movers AS
SELECT m.offer_id, o.subject, o.subject_translated, o.state, o.category_id, m.sku_id, m.kind, m.min_quantity,
       m.before_cny, m.now_cny, (m.now_cny - m.before_cny)::numeric(14, 4) AS change_cny,
       round(100 * (m.now_cny / nullif(m.before_cny, 0) - 1), 2)::numeric(20, 2) AS change_percent, o.unit,
       u.offer_id IS NOT NULL AND EXISTS (
         SELECT FROM analytics.fct_offer_change c
         WHERE c.offer_id = m.offer_id AND c.field = 'unit' AND c.observed_at > m.before_from
           AND c.observed_at <= (
             SELECT p.valid_from FROM catalog.price p
             WHERE (p.offer_id, p.sku_id, p.kind, p.min_quantity) = (m.offer_id, m.sku_id, m.kind, m.min_quantity))
           AND c.new_value <> c.stated_before
       ) AS is_unit_changed,
       m.changes, m.changed_at, (m.changed_at AT TIME ZONE INTERVAL '8 hours')::date AS day,
       b.observed_at AS not_before,
       coalesce(b.observed_at <= (SELECT now - interval '7 days' FROM analytics.clock), true) AS may_be_older
FROM (
  SELECT g.offer_id, g.sku_id, g.kind, g.min_quantity, g.before_from, g.changes, g.changed_at, g.first_changed_at,
         -- Intervals never overlap: either one held when the week began, or all began within the week.
         coalesce(g.stood_cny, (
           SELECT s.cny FROM unnest(g.later_at, g.later_cny) s (at, cny) ORDER BY s.at LIMIT 1))::numeric(14, 4) AS before_cny,
         -- What followed the only change holds now. After several, or after none followed, the current price is looked up.
         CASE WHEN g.changes = 1 AND g.next_cny IS NOT NULL THEN g.next_cny ELSE (
           SELECT p.amount_cny FROM catalog.price p
           WHERE (p.offer_id, p.sku_id, p.kind, p.min_quantity) = (g.offer_id, g.sku_id, g.kind, g.min_quantity)) END::numeric(14, 4) AS now_cny
  FROM (
    SELECT h.offer_id, h.sku_id, h.kind, h.min_quantity, max(h.next_amount_cny) AS next_cny,
           max(h.amount_cny) FILTER (WHERE h.has_stood) AS stood_cny,
           array_agg(h.valid_to) FILTER (WHERE NOT h.has_stood) AS later_at,
           array_agg(h.amount_cny) FILTER (WHERE NOT h.has_stood) AS later_cny,
           min(h.valid_from) AS before_from, count(*)::int AS changes, max(h.valid_to) AS changed_at, min(h.valid_to) AS first_changed_at
    FROM (
      SELECT e.offer_id, e.sku_id, e.kind, e.min_quantity, e.amount_cny, e.next_amount_cny, e.valid_from, e.valid_to,
             e.valid_from <= (SELECT now - interval '7 days' FROM analytics.clock) AS has_stood
      FROM catalog.price_history e
      WHERE (e.valid_to AT TIME ZONE INTERVAL '8 hours')::date >= (SELECT day - 7 FROM analytics.clock)
        AND e.valid_to > (SELECT now - interval '7 days' FROM analytics.clock)
    ) h
    GROUP BY h.offer_id, h.sku_id, h.kind, h.min_quantity
  ) g
) m
JOIN catalog.offer o USING (offer_id)
-- The few offers whose unit ever changed.
LEFT JOIN (SELECT c.offer_id FROM catalog.offer_change c WHERE c.field = 'unit' GROUP BY c.offer_id) u USING (offer_id)
-- Costs nothing unless a query selects it; used twice, looked up once.
LEFT JOIN LATERAL (
  SELECT max(b.observed_at) AS observed_at
  FROM catalog.observation b
  WHERE b.offer_id = m.offer_id AND b.observed_at < m.first_changed_at AND b.is_found AND NOT b.is_late
    AND b.source = CASE WHEN m.kind::text LIKE 'search%' THEN 'search' ELSE 'detail' END
    AND (m.sku_id = 0 OR b.read_sku_ids IS NULL OR m.sku_id = ANY (b.read_sku_ids))
) b ON true
WHERE m.now_cny <> m.before_cny;

COMMENT ON VIEW analytics.price_movers IS 'One price that moved, as the last seven days showed; a price that returned to its old amount has no row. A price with may_be_older may have moved before these days. Key: offer_id, sku_id, kind, min_quantity.';
COMMENT ON COLUMN analytics.price_movers.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.price_movers.subject IS 'Title in Chinese.';
COMMENT ON COLUMN analytics.price_movers.subject_translated IS 'Title in the language of the sync.';
COMMENT ON COLUMN analytics.price_movers.state IS 'listed: on sale; for other states see dim_offer.';
COMMENT ON COLUMN analytics.price_movers.category_id IS 'Category (dim_category).';
COMMENT ON COLUMN analytics.price_movers.sku_id IS 'SKU the price is for; 0 = the offer as a whole.';
COMMENT ON COLUMN analytics.price_movers.kind IS 'Kind of price, as in fct_price_history.';
COMMENT ON COLUMN analytics.price_movers.min_quantity IS 'The price holds from this many units on.';
COMMENT ON COLUMN analytics.price_movers.before_cny IS 'Price that held seven days ago, in yuan for one unit; for a price that began since then: its first amount.';
COMMENT ON COLUMN analytics.price_movers.now_cny IS 'Current price, in yuan for one unit.';
COMMENT ON COLUMN analytics.price_movers.change_cny IS 'now_cny minus before_cny.';
COMMENT ON COLUMN analytics.price_movers.change_percent IS 'change_cny in per cent of before_cny; null when before_cny is 0.';
COMMENT ON COLUMN analytics.price_movers.unit IS 'Current unit of sale.';
COMMENT ON COLUMN analytics.price_movers.is_unit_changed IS 'True: the current price began in another unit of sale than the one before, so the two cannot be compared. A unit that is stated for the first time is no change.';
COMMENT ON COLUMN analytics.price_movers.changes IS 'Number of changes in the seven days.';
COMMENT ON COLUMN analytics.price_movers.changed_at IS 'Grant time of the call that showed the last change.';
COMMENT ON COLUMN analytics.price_movers.day IS 'Day of changed_at in Shanghai.';
COMMENT ON COLUMN analytics.price_movers.not_before IS 'Time of the last observation that could read the SKU, before the first of these changes was seen: that change came after it.';
COMMENT ON COLUMN analytics.price_movers.may_be_older IS 'True: not_before is not within the seven days, so the price may have moved before them. False: it moved within them.';
