-- Purpose: what a quantity of an offer, or of one of its SKUs, cost at a time.
-- Params:  offer_id bigint; sku_id bigint; quantity integer; at timestamptz: default now; kind text
-- Returns: always one row; without a price, or with an assumed one, the reason (see the comment of the function)
CREATE OR REPLACE FUNCTION analytics.price_at(
  offer_id bigint, sku_id bigint DEFAULT NULL, quantity integer DEFAULT 1, at timestamptz DEFAULT NULL,
  kind text DEFAULT 'list')
RETURNS TABLE (unit_price_cny numeric, total_cny numeric, unit text, min_quantity integer, priced_sku_id bigint,
               valid_from timestamptz, valid_to timestamptz, reason text, p_current numeric)
LANGUAGE sql STABLE
AS $$
  WITH asked AS (
    SELECT coalesce(price_at.at, c.now) AS at,
           -- The caller's clock may be ahead by seconds.
           price_at.at > c.now + interval '1 minute' AS is_future, nullif(price_at.sku_id, 0) AS sku_id, o.offer_id AS known_offer,
           CASE WHEN l.later ? 'unit' THEN l.later ->> 'unit' ELSE o.unit END AS unit, c.now, g.price_known_at AS known_at, g.price_p_current AS p_current,
           CASE WHEN price_at.kind LIKE 'search%' THEN 'search' ELSE 'detail' END AS source,
           coalesce(g.price_changes, e.changes) AS rate_changes, coalesce(g.price_days, e.days) AS rate_days,
           -- The value of a field at a time is the old value of its first later change, also if that is null: it was
           -- not stated. An offer that a late answer shows before it was new was on sale.
           CASE WHEN l.later ? 'state' THEN coalesce(l.later ->> 'state', 'listed') ELSE o.state END AS state, o.state AS state_now,
           CASE WHEN price_at.kind NOT IN ('list', 'plus', 'promotion') THEN NULL
                WHEN l.later ? 'min_order_quantity' THEN (l.later ->> 'min_order_quantity')::int
                ELSE o.min_order_quantity END AS min_order,
           EXISTS (
             SELECT FROM analytics.fct_observation l
             WHERE l.offer_id = price_at.offer_id AND l.observed_at <= coalesce(price_at.at, c.now) AND l.is_found
               AND l.source = CASE WHEN price_at.kind LIKE 'search%' THEN 'search' ELSE 'detail' END
           ) AS was_seen
    FROM analytics.clock c
    JOIN analytics.figure_rates e ON e.figure = 'price'
    LEFT JOIN analytics.dim_offer o ON o.offer_id = price_at.offer_id
    LEFT JOIN analytics.offer_confidence g ON g.offer_id = price_at.offer_id
    LEFT JOIN LATERAL (
      -- jsonb_object_agg keeps the last value of a key: that of the earliest later change.
      SELECT jsonb_object_agg(f.field, f.old_value ORDER BY f.observed_at DESC, f.change_id DESC) AS later
      FROM analytics.fct_offer_change f
      WHERE f.offer_id = o.offer_id AND f.field IN ('state', 'min_order_quantity', 'unit') AND f.observed_at > coalesce(price_at.at, c.now)
    ) l ON true
  ),
  -- The times in which the SKU was gone.
  gone AS MATERIALIZED (
    SELECT h.valid_from, coalesce(h.valid_to, 'infinity') AS valid_to
    FROM analytics.dim_sku_history h
    WHERE h.offer_id = price_at.offer_id AND h.sku_id = nullif(price_at.sku_id, 0) AND h.state = 'gone'
  ),
  point AS MATERIALIZED (
    SELECT p.*
    FROM asked a
    CROSS JOIN LATERAL analytics.price_as_of(a.at) p
    WHERE p.offer_id = price_at.offer_id AND p.kind::text = price_at.kind
  ),
  -- Offers priced by quantity have list, plus and promotion prices for the whole offer, whatever the SKU.
  target AS (
    SELECT CASE
             WHEN price_at.kind LIKE 'search%' THEN 0
             WHEN price_at.kind IN ('list', 'plus', 'promotion') AND NOT EXISTS (SELECT FROM point WHERE point.sku_id <> 0) THEN 0
             ELSE coalesce(a.sku_id, 0)
           END AS sku_id
    FROM asked a
  ),
  found AS (
    SELECT p.*, min(p.min_quantity) OVER () AS lowest_quantity
    FROM point p
    JOIN target USING (sku_id)
    ORDER BY p.min_quantity <= price_at.quantity DESC, CASE WHEN p.min_quantity <= price_at.quantity THEN p.min_quantity END DESC
    LIMIT 1
  )
  SELECT CASE WHEN coalesce(r.reason, 'assumed') = 'assumed' THEN f.amount_cny END,
         CASE WHEN coalesce(r.reason, 'assumed') = 'assumed' THEN f.amount_cny * price_at.quantity END,
         a.unit,
         CASE WHEN r.reason = 'below_minimum' THEN greatest(f.lowest_quantity, a.min_order) ELSE f.min_quantity END,
         f.sku_id, f.valid_from, f.valid_to, r.reason,
         CASE WHEN coalesce(r.reason, 'assumed') = 'assumed' THEN s.p_current END
  FROM asked a
  LEFT JOIN found f ON true
  LEFT JOIN analytics.dim_sku k ON k.offer_id = price_at.offer_id AND k.sku_id = a.sku_id
  CROSS JOIN LATERAL (
    SELECT CASE
             WHEN price_at.kind IS NULL OR price_at.kind NOT IN ('list', 'plus', 'promotion', 'dropship', 'distribution', 'retail', 'consign', 'jxhy',
                                                                    'jxhy_wholesale', 'search', 'search_consign', 'search_promotion', 'search_jxhy', 'search_jxhy_wholesale')
               THEN 'unknown_kind'
             WHEN price_at.quantity IS NULL OR price_at.quantity < 1 THEN 'quantity_not_positive'
             WHEN a.known_offer IS NULL THEN 'no_such_offer'
             WHEN a.is_future THEN 'in_the_future'
             WHEN NOT a.was_seen THEN 'not_seen_yet'
             WHEN a.state IS DISTINCT FROM 'listed' THEN 'not_on_sale'
             WHEN a.sku_id IS NOT NULL AND k.sku_id IS NULL THEN 'no_such_sku'
             WHEN k.first_seen_at > a.at THEN 'not_seen_yet'
             WHEN EXISTS (SELECT FROM gone WHERE gone.valid_from <= a.at AND gone.valid_to > a.at) THEN 'sku_gone'
             WHEN f.amount_cny IS NULL AND a.sku_id IS NULL AND EXISTS (SELECT FROM point) THEN 'sku_needed'
             WHEN f.amount_cny IS NULL THEN 'no_price'
             WHEN price_at.quantity < greatest(f.lowest_quantity, a.min_order) THEN 'below_minimum'
             -- One unit at the retail price: docs/prices.md.
             WHEN price_at.kind = 'list' AND f.min_quantity = 1
               AND EXISTS (SELECT FROM point WHERE point.sku_id = f.sku_id AND point.min_quantity > 1)
               AND EXISTS (
                 SELECT FROM analytics.price_as_of(a.at) p
                 WHERE p.offer_id = price_at.offer_id AND p.kind = 'retail' AND p.sku_id IN (0, f.sku_id) AND p.amount_cny = f.amount_cny)
               THEN 'assumed'
           END AS reason
  ) r
  -- The observations around the time: a price that both show held in between; a price that the later one does not show
  -- may have ended at any time between them, each equally likely. An observation that is empty, or of an offer not on
  -- sale, or without the SKU, shows no price. One that could not read the SKU says nothing of its price.
  LEFT JOIN LATERAL (
    SELECT b.observed_at, b.is_found AND coalesce((
             SELECT coalesce(f.old_value, 'listed') = 'listed' FROM analytics.fct_offer_change f
             WHERE f.offer_id = a.known_offer AND f.field = 'state' AND f.observed_at > b.observed_at
             ORDER BY f.observed_at, f.change_id LIMIT 1), a.state_now = 'listed')
             AND NOT EXISTS (SELECT FROM gone WHERE gone.valid_from <= b.observed_at AND gone.valid_to > b.observed_at) AS is_on_sale
    FROM analytics.fct_observation b
    WHERE b.offer_id = a.known_offer AND b.observed_at > a.at AND NOT b.is_late AND b.source = a.source
      AND (f.sku_id = 0 OR b.read_sku_ids IS NULL OR f.sku_id = ANY (b.read_sku_ids))
    ORDER BY b.observed_at LIMIT 1
  ) n ON true
  CROSS JOIN LATERAL (
    -- If no stored observation says something of the price: when the price was first seen.
    SELECT coalesce((
             SELECT b.observed_at FROM analytics.fct_observation b
             WHERE b.offer_id = a.known_offer AND b.observed_at <= a.at AND NOT b.is_late AND b.source = a.source
               AND (f.sku_id = 0 OR b.read_sku_ids IS NULL OR f.sku_id = ANY (b.read_sku_ids))
             ORDER BY b.observed_at DESC LIMIT 1), f.valid_from) AS before_at
    -- Keeps Postgres from computing this again for each use.
    OFFSET 0
  ) o
  CROSS JOIN LATERAL (
    SELECT round((CASE
             WHEN n.is_on_sale AND (f.valid_to IS NULL OR f.valid_to > n.observed_at) THEN 1
             WHEN n.observed_at IS NOT NULL
               THEN extract(epoch FROM n.observed_at - a.at) / extract(epoch FROM n.observed_at - o.before_at)
             WHEN a.source = 'detail' AND a.at >= a.now THEN coalesce(a.p_current, e.held)
             ELSE e.held
           END)::numeric, 4) AS p_current
    FROM (
      SELECT analytics.chance_held(a.rate_changes, a.rate_days, extract(epoch FROM a.at - greatest(
        o.before_at, CASE WHEN a.source = 'detail' THEN a.known_at END))::float8 / 86400) AS held
    ) e
  ) s
$$;

COMMENT ON FUNCTION analytics.price_at(bigint, bigint, integer, timestamptz, text) IS
  'What a quantity of an offer, or of one of its SKUs, cost at a time (default: now). Always one row: the price of one unit and of all, the unit of sale at that time, the quantity from which that price holds, the SKU it is for (0: the offer as a whole) and its interval. Without a price, the reason: unknown_kind, quantity_not_positive, no_such_offer, in_the_future (by more than a minute), not_seen_yet (the offer, or the SKU), not_on_sale, no_such_sku, sku_gone (at that time), sku_needed, no_price, or below_minimum with the smallest possible quantity in min_quantity. A price with the reason assumed: one unit is taken to cost the retail price (docs/prices.md). With a price also p_current: the probability, 0 to 1, that it held at that time (docs/confidence.md).';
