-- Purpose: the mean of each price over a time, each amount weighted by how long it held.
-- Params:  since timestamptz: null: all known time; until timestamptz: default now; kind text
-- Returns: one row for each price that held at some time between since and until. Time off sale counts at the last
--          price: leaving it out of every interval takes 50 % longer, and a join with dim_offer_history finds the
--          offers.
CREATE OR REPLACE FUNCTION analytics.average_prices(since timestamptz, until timestamptz DEFAULT NULL, kind text DEFAULT 'list')
RETURNS TABLE (offer_id bigint, sku_id bigint, min_quantity integer, average_cny numeric, lowest_cny numeric, highest_cny numeric,
               prices integer, days numeric, is_unit_changed boolean)
LANGUAGE sql STABLE
AS $$
  WITH asked AS MATERIALIZED (
    SELECT s.since, (s.since AT TIME ZONE INTERVAL '8 hours')::date AS since_day, least(coalesce(average_prices.until, c.now), c.now) AS until
    FROM analytics.clock c
    CROSS JOIN LATERAL (SELECT coalesce(average_prices.since, '-infinity') AS since) s
  )
  -- Rounded by integers, because Postgres converts float8 to numeric through text, which took a fifth of the time.
  SELECT m.offer_id, m.sku_id, m.min_quantity, (10000 * m.weighted / m.seconds)::bigint * 0.0001, m.lowest_cny, m.highest_cny, m.prices,
         (m.seconds / 86.4)::bigint * 0.001,
         m.prices > 1 AND r.offer_id IS NOT NULL AND EXISTS (
           SELECT FROM analytics.fct_offer_change u
           WHERE u.offer_id = m.offer_id AND u.field = 'unit' AND u.observed_at > m.first_from AND u.observed_at <= m.last_from
             AND u.new_value <> u.stated_before)
  FROM (
    SELECT h.offer_id, h.sku_id, h.min_quantity, sum(h.amount_cny::float8 * h.seconds) AS weighted, sum(h.seconds) AS seconds,
           min(h.amount_cny) AS lowest_cny, max(h.amount_cny) AS highest_cny, count(*)::int AS prices,
           min(h.valid_from) AS first_from, max(h.valid_from) AS last_from
    FROM (
      SELECT p.offer_id, p.sku_id, p.min_quantity, p.amount_cny, p.valid_from,
             date_part('epoch', least(p.valid_to, (SELECT asked.until FROM asked)) - greatest(p.valid_from, (SELECT asked.since FROM asked))) AS seconds
      FROM analytics.fct_price_history p
      WHERE p.kind = average_prices.kind::catalog.price_kind AND p.valid_from < (SELECT asked.until FROM asked)
        -- The condition on ended_day excludes nothing more, but has an index.
        AND (p.is_current OR p.valid_to > (SELECT asked.since FROM asked) AND p.ended_day >= (SELECT asked.since_day FROM asked))
    ) h
    WHERE h.seconds > 0
    GROUP BY h.offer_id, h.sku_id, h.min_quantity
  ) m
  -- The few offers whose unit ever changed.
  LEFT JOIN (SELECT f.offer_id FROM analytics.fct_offer_change f WHERE f.field = 'unit' GROUP BY f.offer_id) r USING (offer_id)
$$;

COMMENT ON FUNCTION analytics.average_prices(timestamptz, timestamptz, text) IS
  'The mean of each price of one kind between since and until (default: now), each amount weighted by how long it held; with the lowest and the highest amount, the number of amounts (prices), and the days on which there was a price. is_unit_changed: the amounts began in more than one stated unit of sale, so that their mean has no meaning. A price holds from the observation that found it, also while its offer is delisted or missing: days off sale count at the last price (dim_offer_history has them). Key: offer_id, sku_id, min_quantity.';
