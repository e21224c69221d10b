-- Purpose: the lowest price of some days, or that it is not known.
-- Params:  offer_id bigint; days integer; max_gap interval; min_coverage numeric; quantity integer; kind text; sku_id
--          bigint; last_day date: default today
-- Returns: always one row; without a price, the reason (see the comment of the function)
--
-- Only prices that an observation showed in these days count: one that was last seen before them is no price of theirs, however
-- long its interval stays open.
CREATE OR REPLACE FUNCTION analytics.lowest_price(
  offer_id bigint, days integer DEFAULT 30, max_gap interval DEFAULT '3 days', min_coverage numeric DEFAULT 0.8,
  quantity integer DEFAULT NULL, kind text DEFAULT 'list', sku_id bigint DEFAULT NULL, last_day date DEFAULT NULL)
RETURNS TABLE (price_cny numeric, day date, unit text, coverage numeric, covered_days integer, asked_days integer,
               reason text)
LANGUAGE sql STABLE
AS $$
  WITH asked AS (
    SELECT o.offer_id AS known_offer, o.unit, s.last_day, s.last_day - lowest_price.days + 1 AS first_day,
           coalesce(lowest_price.quantity, o.min_order_quantity, 1) AS quantity, nullif(lowest_price.sku_id, 0) AS sku_id
    FROM analytics.clock c
    CROSS JOIN LATERAL (SELECT coalesce(lowest_price.last_day, c.day) AS last_day) s
    LEFT JOIN analytics.dim_offer o ON o.offer_id = lowest_price.offer_id
  ),
  observation AS (
    SELECT l.observed_at, l.day, p.cheapest_cny
    FROM asked a
    JOIN analytics.fct_observation l
      ON l.offer_id = lowest_price.offer_id
     AND l.source = CASE WHEN lowest_price.kind LIKE 'search%' THEN 'search' ELSE 'detail' END
     AND NOT l.is_late
     -- With those of around, for an equal pair may reach into the days.
     AND l.observed_at >= a.first_day::timestamp AT TIME ZONE 'Asia/Shanghai' - lowest_price.max_gap
     AND l.observed_at < (a.last_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' + lowest_price.max_gap
    CROSS JOIN LATERAL (
      SELECT min(t.amount_cny) AS cheapest_cny
      FROM (
        SELECT DISTINCT ON (h.sku_id) h.amount_cny
        FROM analytics.price_as_of(l.observed_at) h
        WHERE l.is_found AND h.offer_id = lowest_price.offer_id AND h.kind = lowest_price.kind
          AND h.min_quantity <= a.quantity
          AND (a.sku_id IS NULL OR h.sku_id = a.sku_id OR h.sku_id = 0 AND h.kind IN ('list', 'plus', 'promotion'))
        ORDER BY h.sku_id, h.min_quantity DESC
      ) t
    ) p
  ),
  stretch AS MATERIALIZED (
    SELECT l.day, l.cheapest_cny,
           CASE WHEN lead(l.cheapest_cny) OVER next IS NOT DISTINCT FROM l.cheapest_cny
                 AND lead(l.observed_at) OVER next - l.observed_at <= lowest_price.max_gap
             THEN lead(l.day) OVER next ELSE l.day END AS until_day
    FROM observation l
    WINDOW next AS (ORDER BY l.observed_at)
  ),
  cover AS (
    SELECT count(*)::int AS covered_days
    FROM asked a
    CROSS JOIN LATERAL generate_series(a.first_day::timestamp, a.last_day::timestamp, interval '1 day') d (starts)
    WHERE EXISTS (SELECT FROM stretch s WHERE d.starts::date BETWEEN s.day AND s.until_day)
  ),
  lowest AS (
    SELECT (SELECT count(*) FROM stretch s, asked a WHERE s.day BETWEEN a.first_day AND a.last_day) AS observations, b.*
    FROM (SELECT) one
    LEFT JOIN LATERAL (
      SELECT s.cheapest_cny, s.day
      FROM stretch s, asked a
      WHERE s.day BETWEEN a.first_day AND a.last_day AND s.cheapest_cny IS NOT NULL
      ORDER BY s.cheapest_cny, s.day DESC
      LIMIT 1
    ) b ON true
  )
  SELECT CASE WHEN r.reason IS NULL THEN l.cheapest_cny END, CASE WHEN r.reason IS NULL THEN l.day END, a.unit, v.coverage,
         c.covered_days, lowest_price.days, r.reason
  FROM asked a
  CROSS JOIN cover c
  CROSS JOIN lowest l
  CROSS JOIN LATERAL (SELECT round(c.covered_days::numeric / nullif(lowest_price.days, 0), 4) AS coverage) v
  CROSS JOIN LATERAL (
    SELECT CASE
             WHEN lowest_price.kind IS NULL OR lowest_price.kind NOT IN ('list', 'plus', 'promotion', 'dropship', 'distribution', 'retail', 'consign', 'jxhy',
                                                                    'jxhy_wholesale', 'search', 'search_consign', 'search_promotion', 'search_jxhy', 'search_jxhy_wholesale')
               THEN 'unknown_kind'
             WHEN lowest_price.days IS NULL OR lowest_price.days NOT BETWEEN 1 AND 3660 THEN 'days_out_of_range'
             WHEN a.known_offer IS NULL THEN 'no_such_offer'
             WHEN l.observations = 0 THEN 'not_observed'
             WHEN v.coverage < coalesce(lowest_price.min_coverage, 0.8) THEN 'coverage'
             WHEN EXISTS (
               SELECT FROM analytics.fct_offer_change f
               WHERE f.offer_id = lowest_price.offer_id AND f.field = 'unit' AND f.day BETWEEN a.first_day AND a.last_day
             ) THEN 'unit_changed'
             WHEN l.cheapest_cny IS NULL THEN 'no_price'
           END AS reason
  ) r
$$;

COMMENT ON FUNCTION analytics.lowest_price(bigint, integer, interval, numeric, integer, text, bigint, date) IS
  'The lowest price of an offer that observations showed in the last days (default 30) of Shanghai up to last_day (default: today), for a quantity (default: the smallest order) of one SKU or of any; always one row, with the newest day that showed it. A day is covered when it has an observation, or lies between observations that showed the same and are at most max_gap apart. Where less than min_coverage of the days are covered, or a unit is not comparable, the price is null and the reason says so: unknown_kind, days_out_of_range, no_such_offer, not_observed, coverage, unit_changed, no_price.';
