-- Purpose: every price that held at a time, as known from the observations up to it.
-- Params:  ts timestamptz
-- Returns: one row for each offer, SKU, kind and quantity; conditions on offer_id reach the index
--
-- Functions of analytics read only views of this schema, so that whoever may read the views may call the functions.
CREATE OR REPLACE FUNCTION analytics.price_as_of(ts timestamptz)
RETURNS TABLE (offer_id bigint, sku_id bigint, kind catalog.price_kind, min_quantity integer, amount_cny numeric, unit text,
               valid_from timestamptz, valid_to timestamptz)
LANGUAGE sql STABLE
AS $$
  SELECT p.offer_id, p.sku_id, p.kind, p.min_quantity, p.amount_cny,
         -- The array distinguishes a unit that was not stated (a null element) from no row.
         (coalesce(
           (SELECT ARRAY[f.old_value] FROM analytics.fct_offer_change f
            WHERE f.offer_id = p.offer_id AND f.field = 'unit' AND f.observed_at > price_as_of.ts
            ORDER BY f.observed_at, f.change_id LIMIT 1),
           (SELECT ARRAY[o.unit] FROM analytics.dim_offer o WHERE o.offer_id = p.offer_id)))[1],
         p.valid_from, p.valid_to
  FROM analytics.fct_price_history p
  WHERE p.valid_from <= price_as_of.ts AND (p.is_current OR p.valid_to > price_as_of.ts)
$$;

COMMENT ON FUNCTION analytics.price_as_of(timestamptz) IS
  'Every price that held at a time, as known from the observations up to it, with the unit of sale of that time. Conditions on offer_id reach the index.';
