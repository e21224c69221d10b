-- Purpose: what a quantity of every offer and SKU cost at a time.
-- Params:  quantity integer; at timestamptz: default now
-- Returns: one row for each offer with a price by quantity (sku_id 0), and for each SKU with a price of its own; only
--          what could be ordered in this quantity, at the price that analytics.price_at gives
CREATE OR REPLACE FUNCTION analytics.price_list_at(quantity integer DEFAULT 1, at timestamptz DEFAULT NULL)
RETURNS TABLE (offer_id bigint, sku_id bigint, unit_price_cny numeric, effective_price_cny numeric, total_cny numeric, unit text,
               min_quantity integer, valid_from timestamptz, valid_to timestamptz, is_assumed boolean)
-- With the default of a thousand expected rows, Postgres would loop over them in a join with offers.
LANGUAGE sql STABLE ROWS 100000
-- Postgres expects a row or two from a join on several columns. It would loop over a hundred thousand and never end;
-- sorts cost more than hashes.
SET enable_nestloop = off
SET enable_mergejoin = off
SET work_mem = '64MB'
AS $$
  WITH asked AS MATERIALIZED (
    SELECT coalesce(price_list_at.at, c.now) AS at, (coalesce(price_list_at.at, c.now) AT TIME ZONE INTERVAL '8 hours')::date AS day
    FROM analytics.clock c
    -- The caller's clock may be ahead by seconds.
    WHERE price_list_at.at IS NULL OR price_list_at.at <= c.now + interval '1 minute'
  ),
  -- Not materialized, so that each kind reads it anew: of stored rows, Postgres would expect one in two hundred to be
  -- of a kind, and join the wrong way round.
  point AS NOT MATERIALIZED (
    SELECT p.offer_id, p.sku_id, p.kind, p.min_quantity, p.amount_cny, p.valid_from, p.valid_to
    FROM analytics.fct_price_history p
    WHERE p.valid_from <= (SELECT asked.at FROM asked)
      -- The condition on ended_day excludes nothing more, but has an index. With both bounds Postgres expects few rows,
      -- which is mostly right.
      AND (p.is_current OR p.valid_to > (SELECT asked.at FROM asked)
        AND p.ended_day >= (SELECT asked.day FROM asked) AND p.ended_day <= 'infinity')
  ),
  other AS MATERIALIZED (
    SELECT p.* FROM point p WHERE p.kind IN ('promotion', 'retail')
  ),
  gone AS MATERIALIZED (
    SELECT k.offer_id, k.sku_id FROM analytics.dim_sku k WHERE k.state = 'gone' AND k.changed_at <= (SELECT asked.at FROM asked)
  ),
  -- Leaves gone SKUs out here, and builds past offers from offers: done later, Postgres would expect few rows of what
  -- it hashes.
  tier AS (
    SELECT DISTINCT ON (p.offer_id, p.sku_id) p.*
    FROM point p
    LEFT JOIN gone k ON k.offer_id = p.offer_id AND k.sku_id = p.sku_id
    WHERE p.kind = 'list' AND p.min_quantity <= price_list_at.quantity AND k.offer_id IS NULL
    ORDER BY p.offer_id, p.sku_id, p.min_quantity DESC
  ),
  promotion AS MATERIALIZED (
    SELECT DISTINCT ON (p.offer_id, p.sku_id) p.offer_id, p.sku_id, p.amount_cny
    FROM other p
    WHERE p.kind = 'promotion' AND p.min_quantity <= price_list_at.quantity
    ORDER BY p.offer_id, p.sku_id, p.min_quantity DESC
  ),
  -- Offers priced by quantity have one promotion for the whole offer, whatever the SKU.
  promoted_whole AS (
    SELECT p.offer_id, min(p.amount_cny) AS amount_cny
    FROM promotion p
    WHERE p.sku_id = 0 AND NOT EXISTS (
      SELECT FROM other s WHERE s.offer_id = p.offer_id AND s.kind = 'promotion' AND s.sku_id <> 0)
    GROUP BY p.offer_id
  ),
  -- One unit at the retail price: docs/prices.md.
  assumed AS MATERIALIZED (
    SELECT DISTINCT t.offer_id, t.sku_id
    FROM tier t
    JOIN other r ON r.offer_id = t.offer_id AND r.kind = 'retail' AND r.sku_id IN (0, t.sku_id) AND r.amount_cny = t.amount_cny
    JOIN point d ON d.offer_id = t.offer_id AND d.sku_id = t.sku_id AND d.kind = 'list' AND d.min_quantity > 1
    WHERE t.min_quantity = 1
  ),
  -- The value of a field at a time is the old value of its first later change, also if that is null: it was not stated.
  later AS MATERIALIZED (
    SELECT c.offer_id, bool_or(c.field = 'state') AS has_state, max(c.old_value) FILTER (WHERE c.field = 'state') AS state,
           bool_or(c.field = 'min_order_quantity') AS has_min_order, bool_or(c.field = 'unit') AS has_unit,
           max(c.old_value) FILTER (WHERE c.field = 'min_order_quantity') AS min_order, max(c.old_value) FILTER (WHERE c.field = 'unit') AS unit
    FROM (
      SELECT DISTINCT ON (f.offer_id, f.field) f.offer_id, f.field, f.old_value
      FROM analytics.fct_offer_change f
      WHERE f.field IN ('state', 'min_order_quantity', 'unit') AND f.observed_at > (SELECT asked.at FROM asked)
        -- As for ended_day above.
        AND f.day >= (SELECT asked.day FROM asked) AND f.day <= 'infinity'
      ORDER BY f.offer_id, f.field, f.observed_at, f.change_id
    ) c
    GROUP BY c.offer_id
  ),
  offer AS (
    SELECT o.offer_id, CASE WHEN l.has_unit THEN l.unit ELSE o.unit END AS unit,
           -- An offer that a late answer shows before it was new was on sale.
           CASE WHEN l.has_state THEN coalesce(l.state, 'listed') ELSE o.state END AS state,
           coalesce(CASE WHEN l.has_min_order THEN l.min_order::int ELSE o.min_order_quantity END, 1) AS min_order
    FROM analytics.dim_offer o
    LEFT JOIN later l USING (offer_id)
    OFFSET 0
  )
  SELECT t.offer_id, t.sku_id, t.amount_cny, t.effective_cny, t.amount_cny * price_list_at.quantity, t.unit,
         t.min_quantity, t.valid_from, t.valid_to, t.is_assumed
  FROM (
    SELECT t.*, least(t.amount_cny, p.amount_cny, w.amount_cny) AS effective_cny,
           o.unit, a.offer_id IS NOT NULL AS is_assumed, o.state, o.min_order
    FROM tier t
    JOIN offer o USING (offer_id)
    LEFT JOIN promotion p ON p.offer_id = t.offer_id AND p.sku_id = t.sku_id
    LEFT JOIN promoted_whole w ON w.offer_id = t.offer_id
    LEFT JOIN assumed a ON a.offer_id = t.offer_id AND a.sku_id = t.sku_id
    -- Checks the conditions after the joins, for the same reason.
    OFFSET 0
  ) t
  WHERE t.state = 'listed' AND price_list_at.quantity >= t.min_order
$$;

COMMENT ON FUNCTION analytics.price_list_at(integer, timestamptz) IS
  'What a quantity (default 1) of every offer and SKU cost at a time (default: now). unit_price_cny is the list price that price_at gives: one row for each offer that is priced by quantity (sku_id 0), and for each SKU with a price of its own. unit is the unit of sale at that time. An offer or SKU that was not on sale, cannot be ordered in this quantity, or had no price has no row. effective_price_cny: the lower of the list price and the promotion that held for that quantity, which is what a new buyer pays; prices for PLUS members and resellers do not count. is_assumed: one unit is taken to cost the retail price (docs/prices.md).';
