-- Purpose: the lowest price of some days, and the probability that there was no lower one.
-- Params:  offer_id bigint; days integer; max_gap interval: null: no bound; min_coverage numeric; quantity integer;
--          kind text; sku_id bigint; last_day date: default today
-- Returns: always one row; without a price, or with a carried one, the reason (see the comment of the function)
--
-- Only prices that an observation showed in these days count. A price last seen before them does not, however long its
-- interval stays open. If there is no observation in these days, the price of the one before is carried. An offer that
-- was not on sale at an observation, or a SKU that it did not list, has no price at that time; nor has a quantity below
-- the smallest order of that time.
-- The probability: if two observations show different prices, each time between them is equally likely for the change;
-- if they show the same price, it did not change. A price that nobody saw is the lowest of three in one of three cases,
-- and the lowest of n in one of n.
CREATE OR REPLACE FUNCTION analytics.lowest_price(
  offer_id bigint, days integer DEFAULT 30, max_gap interval DEFAULT '3 days', min_coverage numeric DEFAULT 0,
  quantity integer DEFAULT NULL, kind text DEFAULT 'list', sku_id bigint DEFAULT NULL, last_day date DEFAULT NULL)
RETURNS TABLE (price_cny numeric, day date, unit text, coverage numeric, covered_days integer, asked_days integer,
               reason text, p_lowest numeric)
LANGUAGE sql STABLE
AS $$
  WITH asked AS MATERIALIZED (
    SELECT o.offer_id AS known_offer, o.unit, o.state, s.last_day, f.first_day, c.now, lowest_price.last_day > c.day AS is_future,
           f.first_day::timestamp AT TIME ZONE INTERVAL '8 hours' AS starts_at,
           (s.last_day + 1)::timestamp AT TIME ZONE INTERVAL '8 hours' AS ends_at,
           CASE WHEN lowest_price.kind LIKE 'search%' THEN 'search' ELSE 'detail' END AS source,
           o.min_order_quantity AS min_order, nullif(lowest_price.sku_id, 0) AS sku_id, k.sku_id AS known_sku, k.first_seen_at AS sku_since,
           coalesce(g.price_changes, r.changes) AS rate_changes, coalesce(g.price_days, r.days) AS rate_days,
           CASE WHEN lowest_price.kind NOT LIKE 'search%' THEN g.price_p_current END AS p_current,
           -- Null means no bound, and so does an interval longer than any catalog.
           least(CASE WHEN lowest_price.max_gap < interval '0' THEN interval '0' ELSE lowest_price.max_gap END, interval '1000 years') AS max_gap
    FROM analytics.clock c
    -- Bounds also cover infinity: nothing is known of days to come, nor of those before the last century.
    CROSS JOIN LATERAL (SELECT least(greatest(coalesce(lowest_price.last_day, c.day), c.day - 36525), c.day) AS last_day) s
    CROSS JOIN LATERAL (
      SELECT s.last_day - least(greatest(lowest_price.days, 1), 3660) + 1 AS first_day
    ) f
    JOIN analytics.figure_rates r ON r.figure = 'price'
    LEFT JOIN analytics.dim_offer o ON o.offer_id = lowest_price.offer_id
    LEFT JOIN analytics.offer_confidence g ON g.offer_id = lowest_price.offer_id
    LEFT JOIN analytics.dim_sku k ON k.offer_id = lowest_price.offer_id AND k.sku_id = nullif(lowest_price.sku_id, 0)
  ),
  -- The times in which the SKU was gone.
  gone AS MATERIALIZED (
    SELECT h.valid_from, coalesce(h.valid_to, 'infinity') AS valid_to
    FROM analytics.dim_sku_history h
    WHERE h.offer_id = lowest_price.offer_id AND h.sku_id = nullif(lowest_price.sku_id, 0) AND h.state = 'gone'
  ),
  observation AS (
    SELECT l.observed_at, l.day, p.cheapest_cny, p.is_priced, s.unit, k.known_unit
    FROM asked a
    JOIN analytics.fct_observation l
      ON l.offer_id = lowest_price.offer_id AND l.source = a.source AND NOT l.is_late
     -- Includes the observations around the days: an equal pair may reach into the days, and the nearest observation
     -- need not say anything of the price.
     AND l.observed_at >= least(a.starts_at - a.max_gap, coalesce((
       SELECT b.observed_at FROM analytics.fct_observation b
       WHERE b.offer_id = lowest_price.offer_id AND b.source = a.source AND NOT b.is_late AND b.observed_at < a.starts_at
         AND (b.read_sku_ids IS NULL OR a.sku_id = ANY (b.read_sku_ids))
       ORDER BY b.observed_at DESC LIMIT 1), '-infinity'))
     AND l.observed_at <= greatest(a.ends_at + a.max_gap, coalesce((
       SELECT b.observed_at FROM analytics.fct_observation b
       WHERE b.offer_id = lowest_price.offer_id AND b.source = a.source AND NOT b.is_late AND b.observed_at >= a.ends_at
         AND (b.read_sku_ids IS NULL OR a.sku_id = ANY (b.read_sku_ids))
       ORDER BY b.observed_at LIMIT 1), 'infinity'))
    CROSS JOIN LATERAL (
      -- The value of a field at a time is the old value of its first later change.
      SELECT coalesce((
        SELECT coalesce(f.old_value, 'listed') = 'listed'
        FROM analytics.fct_offer_change f
        WHERE f.offer_id = a.known_offer AND f.field = 'state' AND f.observed_at > l.observed_at
        ORDER BY f.observed_at, f.change_id
        LIMIT 1), a.state = 'listed')
        AND NOT coalesce(a.sku_since > l.observed_at, false)
        AND NOT EXISTS (SELECT FROM gone WHERE gone.valid_from <= l.observed_at AND gone.valid_to > l.observed_at) AS is_on_sale,
        -- The array distinguishes a unit that was not stated (a null element) from no row.
        (coalesce((
        SELECT ARRAY[f.old_value]
        FROM analytics.fct_offer_change f
        WHERE f.offer_id = a.known_offer AND f.field = 'unit' AND f.observed_at > l.observed_at
        ORDER BY f.observed_at, f.change_id
        LIMIT 1), ARRAY[a.unit]))[1] AS unit
      -- Keeps Postgres from computing this again for each price.
      OFFSET 0
    ) s
    -- A unit that is stated for the first time, or left out for a time, is no change.
    CROSS JOIN LATERAL (
      SELECT coalesce(s.unit, (
        SELECT f.old_value FROM analytics.fct_offer_change f
        WHERE f.offer_id = a.known_offer AND f.field = 'unit' AND f.observed_at <= l.observed_at AND f.old_value IS NOT NULL
        ORDER BY f.observed_at DESC, f.change_id DESC LIMIT 1), (
        SELECT f.new_value FROM analytics.fct_offer_change f
        WHERE f.offer_id = a.known_offer AND f.field = 'unit' AND f.observed_at > l.observed_at AND f.new_value IS NOT NULL
        ORDER BY f.observed_at, f.change_id LIMIT 1)) AS known_unit
    ) k
    LEFT JOIN LATERAL (
      SELECT f.change_id, f.old_value
      FROM analytics.fct_offer_change f
      WHERE f.offer_id = a.known_offer AND f.field = 'min_order_quantity' AND f.observed_at > l.observed_at
      ORDER BY f.observed_at, f.change_id
      LIMIT 1
    ) m ON true
    CROSS JOIN LATERAL (
      SELECT min(t.amount_cny) FILTER (WHERE t.quantity >= t.least) AS cheapest_cny, count(*) > 0 AS is_priced,
             min(t.amount_cny) FILTER (WHERE t.quantity >= t.least AND (t.sku_id = 0 OR t.sku_id = ANY (l.read_sku_ids))) AS read_cny
      FROM (
        SELECT DISTINCT ON (q.sku_id) q.sku_id, q.amount_cny, q.least, coalesce(lowest_price.quantity, q.least) AS quantity
        FROM (
          SELECT h.sku_id, h.min_quantity, h.amount_cny, greatest(min(h.min_quantity) OVER (PARTITION BY h.sku_id), CASE
                   WHEN h.kind NOT IN ('list', 'plus', 'promotion') THEN NULL
                   WHEN m.change_id IS NULL THEN a.min_order
                   ELSE m.old_value::int END) AS least
          FROM analytics.price_as_of(l.observed_at) h
          WHERE l.is_found AND s.is_on_sale AND h.offer_id = lowest_price.offer_id AND h.kind::text = lowest_price.kind
            AND (a.sku_id IS NULL OR h.sku_id = a.sku_id OR h.sku_id = 0 AND h.kind IN ('list', 'plus', 'promotion'))
        ) q
        ORDER BY q.sku_id, q.min_quantity <= coalesce(lowest_price.quantity, q.least) DESC, q.min_quantity DESC
      ) t
    ) p
    -- Leaves out an observation that could not read the SKUs with the lowest current prices: it decides nothing.
    WHERE l.read_sku_ids IS NULL OR NOT s.is_on_sale
      OR p.read_cny IS NOT DISTINCT FROM p.cheapest_cny AND (p.is_priced OR a.sku_id = ANY (l.read_sku_ids))
  ),
  pair AS MATERIALIZED (
    SELECT l.observed_at, l.day, l.cheapest_cny, l.is_priced, l.unit, l.known_unit, lead(l.observed_at) OVER next AS next_at,
           lead(l.day) OVER next AS next_day, lead(l.cheapest_cny) OVER next AS next_cny, lead(l.known_unit) OVER next AS next_unit
    FROM observation l
    WINDOW next AS (ORDER BY l.observed_at)
  ),
  stretch AS (
    SELECT l.day,
           CASE WHEN (l.next_cny, l.next_unit) IS NOT DISTINCT FROM (l.cheapest_cny, l.known_unit) AND l.next_at <= l.observed_at + a.max_gap
             THEN l.next_day ELSE l.day END AS until_day
    FROM pair l, asked a
  ),
  cover AS (
    SELECT count(*)::int AS covered_days
    FROM asked a
    CROSS JOIN LATERAL generate_series(a.first_day::timestamp, a.last_day::timestamp, interval '1 day') d (starts)
    WHERE EXISTS (SELECT FROM stretch s WHERE d.starts::date BETWEEN s.day AND s.until_day)
  ),
  lowest AS (
    SELECT b.*, s.observations, s.prices, s.units, s.is_priced
    FROM (
      SELECT count(*) AS observations, count(DISTINCT s.cheapest_cny) AS prices, bool_or(s.is_priced) AS is_priced,
             count(DISTINCT s.known_unit) FILTER (WHERE s.cheapest_cny IS NOT NULL) AS units
      FROM pair s, asked a
      WHERE s.day BETWEEN a.first_day AND a.last_day
    ) s
    LEFT JOIN LATERAL (
      SELECT n.cheapest_cny, n.day, n.unit, n.known_unit
      FROM pair n, asked a
      WHERE CASE WHEN s.observations > 0 THEN n.day BETWEEN a.first_day AND a.last_day
                 -- Else the observation that reaches into the days, if the offer was still on sale when they began.
                 ELSE n.day < a.first_day AND (n.next_day IS NULL OR n.next_day > a.last_day) AND coalesce((
                   SELECT coalesce(f.old_value, 'listed') = 'listed'
                   FROM analytics.fct_offer_change f
                   WHERE f.offer_id = a.known_offer AND f.field = 'state' AND f.observed_at > a.starts_at
                   ORDER BY f.observed_at, f.change_id
                   LIMIT 1), a.state = 'listed') END
        AND n.cheapest_cny IS NOT NULL
      ORDER BY n.cheapest_cny, n.day DESC
      LIMIT 1
    ) b ON true
  ),
  -- For each gap between observations that reaches into the days: the probability that it held no lower price.
  gap AS (
    SELECT CASE
             WHEN u.cheapest_cny IS NULL THEN 1
             -- No later observation: the price may have changed since. A price carried into the days must not have
             -- changed before them.
             WHEN p.next_at IS NULL THEN
               CASE WHEN p.observed_at < a.starts_at THEN (g.held_before + g.held_to_end) / 2
                    ELSE 1 - (1 - g.held_to_end) / (l.prices + 1) END
             WHEN u.next_cny = u.cheapest_cny THEN 1
             WHEN p.observed_at < a.starts_at AND p.next_at >= a.ends_at
               THEN g.after_share + CASE WHEN u.next_cny >= l.cheapest_cny THEN 1 - g.after_share - g.before_share ELSE 0 END
             WHEN u.cheapest_cny < l.cheapest_cny THEN g.before_share
             WHEN u.next_cny < l.cheapest_cny THEN g.after_share
             ELSE 1 - (1 - g.held_within) / 3
           END::float8 AS chance
    FROM asked a
    CROSS JOIN lowest l
    JOIN pair p ON p.observed_at < least(a.ends_at, a.now) AND (p.next_at IS NULL OR p.next_at > a.starts_at)
    -- A price in another unit is neither lower nor higher.
    CROSS JOIN LATERAL (
      SELECT CASE WHEN p.known_unit IS NOT DISTINCT FROM l.known_unit THEN p.cheapest_cny END AS cheapest_cny,
             CASE WHEN p.next_unit IS NOT DISTINCT FROM l.known_unit THEN p.next_cny END AS next_cny
    ) u
    CROSS JOIN LATERAL (
      SELECT extract(epoch FROM a.starts_at - p.observed_at)::float8 / 86400 AS days_before,
             extract(epoch FROM p.next_at - a.ends_at)::float8 / 86400 AS days_after,
             extract(epoch FROM p.next_at - p.observed_at)::float8 / 86400 AS days_between,
             extract(epoch FROM least(a.ends_at, a.now) - p.observed_at)::float8 / 86400 AS days_to_end,
             extract(epoch FROM least(a.ends_at, p.next_at) - greatest(a.starts_at, p.observed_at))::float8 / 86400 AS days_within
    ) t
    CROSS JOIN LATERAL (
      SELECT t.days_before / nullif(t.days_between, 0) AS before_share,
             t.days_after / nullif(t.days_between, 0) AS after_share,
             analytics.chance_held(a.rate_changes, a.rate_days, t.days_before) AS held_before,
             analytics.chance_held(a.rate_changes, a.rate_days, t.days_within) AS held_within,
             CASE WHEN a.ends_at >= a.now AND a.p_current IS NOT NULL THEN a.p_current::float8
                  ELSE analytics.chance_held(a.rate_changes, a.rate_days, t.days_to_end) END AS held_to_end
    ) g
  )
  SELECT CASE WHEN v.is_answer THEN l.cheapest_cny END, CASE WHEN v.is_answer THEN l.day END,
         CASE WHEN v.is_answer THEN l.unit ELSE (coalesce((
           SELECT ARRAY[f.old_value]
           FROM analytics.fct_offer_change f
           WHERE f.offer_id = a.known_offer AND f.field = 'unit' AND f.observed_at >= a.ends_at
           ORDER BY f.observed_at, f.change_id
           LIMIT 1), ARRAY[a.unit]))[1] END, r.coverage,
         c.covered_days, lowest_price.days, r.reason,
         CASE WHEN v.is_answer THEN (
           SELECT round((CASE WHEN min(g.chance) = 0 THEN 0 ELSE coalesce(exp(sum(ln(nullif(g.chance, 0)))), 1) END)::numeric, 4)
           FROM gap g) END
  FROM asked a
  CROSS JOIN cover c
  CROSS JOIN lowest l
  CROSS JOIN LATERAL (
    SELECT w.coverage,
           CASE
             WHEN lowest_price.kind IS NULL OR lowest_price.kind NOT IN ('list', 'plus', 'promotion', 'dropship', 'distribution', 'retail', 'consign', 'jxhy',
                                                                    'jxhy_wholesale', 'search', 'search_consign', 'search_promotion', 'search_jxhy', 'search_jxhy_wholesale')
               THEN 'unknown_kind'
             WHEN lowest_price.quantity < 1 THEN 'quantity_not_positive'
             WHEN lowest_price.days IS NULL OR lowest_price.days NOT BETWEEN 1 AND 3660 THEN 'days_out_of_range'
             WHEN a.known_offer IS NULL THEN 'no_such_offer'
             WHEN a.is_future THEN 'in_the_future'
             WHEN a.sku_id IS NOT NULL AND a.known_sku IS NULL THEN 'no_such_sku'
             WHEN a.sku_since >= a.ends_at THEN 'not_observed'
             WHEN EXISTS (SELECT FROM gone WHERE gone.valid_from <= a.starts_at AND gone.valid_to >= a.ends_at) THEN 'sku_gone'
             WHEN l.observations = 0 AND l.cheapest_cny IS NULL THEN 'not_observed'
             WHEN w.coverage < coalesce(lowest_price.min_coverage, 0) THEN 'coverage'
             WHEN l.units > 1 THEN 'unit_changed'
             WHEN l.cheapest_cny IS NULL AND l.is_priced THEN 'below_minimum'
             WHEN l.cheapest_cny IS NULL THEN 'no_price'
             WHEN l.observations = 0 THEN 'carried'
           END AS reason
    FROM (SELECT round(c.covered_days::numeric / nullif(lowest_price.days, 0), 4) AS coverage) w
  ) r
  CROSS JOIN LATERAL (SELECT coalesce(r.reason, 'carried') = 'carried' AS is_answer) v
$$;

COMMENT ON FUNCTION analytics.lowest_price(bigint, integer, interval, numeric, integer, text, bigint, date) IS
  'The lowest price of an offer that observations showed in the last days (default 30) in Shanghai up to last_day (default: today), for a quantity (default: the smallest order at each observation) of one SKU or of any. Always one row, with the newest day that showed the price, the unit of sale of that day, and p_lowest: the probability, 0 to 1, that there was no lower price in these days. A day on which the offer was delisted, or the SKU not listed, shows no price; an observation that could not read the SKUs with the lowest prices does not count. Without an observation in these days, the price is that of the observation before, with the reason carried, if the offer was on sale when the days began. A day is covered if it has an observation, or lies between observations that showed the same price and are at most max_gap apart (null: however far). The price is null where less than min_coverage of the days are covered (default: any coverage will do), or where the days showed prices in more than one stated unit. The reason says why: unknown_kind, quantity_not_positive, days_out_of_range, no_such_offer, in_the_future (last_day), no_such_sku, sku_gone (throughout these days), not_observed, coverage, unit_changed, below_minimum (the smallest order at every observation with a price was larger), no_price.';
