-- Purpose: how often prices and stocks change, by the time in which they were observed and not by how often they were
--          observed.
-- Params:  days integer: 1 to 366; kind text: a kind of price or stock; null: all of them; max_offers integer: in a
--          larger catalog, read a random part of about this many offers (the same offers each time); null: all
-- Returns: one row for each figure of all offers (category_id null), and for each figure of each category
--
-- The planner observes offers more often if they change more often, so observations are no random sample of offers.
-- Every offer counts once, with its own rate. Of several changes between two observations only one is seen; the
-- logarithm corrects for that. A search row whose price did not move confirms what details show. Without such rows,
-- only the details that rows prompted would be counted.
-- The kind that is asked for is a subquery, so that its text is read once and not for each price. Kinds of search rows are the last ones.
CREATE OR REPLACE FUNCTION analytics.change_rates(
  days integer DEFAULT 30, kind text DEFAULT NULL, max_offers integer DEFAULT NULL)
RETURNS TABLE (category_id bigint, figure text, offers integer, pairs bigint, exposure_days numeric, changes bigint,
               per_day numeric, per_exposure_day numeric, per_observation numeric, standard_error numeric)
LANGUAGE sql STABLE ROWS 10000
-- Postgres expects a row or two from a join on several columns. It would loop over a hundred thousand and never end;
-- sorts cost more than hashes.
SET enable_nestloop = off
SET enable_mergejoin = off
-- For a hundred thousand offers, this keeps what is joined and counted in memory.
SET work_mem = '64MB'
AS $$
  WITH span AS MATERIALIZED (
    SELECT c.day - d.days + 1 AS first_day,
           (c.day - d.days + 1)::timestamp AT TIME ZONE INTERVAL '8 hours' AS starts_at,
           -- The first pairs begin before the days asked for.
           (c.day - 2 * d.days + 1)::timestamp AT TIME ZONE INTERVAL '8 hours' AS reads_from,
           least(65536, CASE WHEN change_rates.max_offers IS NULL THEN 65536
             ELSE 65536.0 * change_rates.max_offers / greatest((SELECT count(*) FROM analytics.dim_offer), 1) END) AS sampled
    FROM analytics.clock c
    -- This must also work for other values of days, as Postgres may check the condition below later.
    CROSS JOIN LATERAL (SELECT least(greatest(change_rates.days, 1), 366) AS days) d
    WHERE change_rates.days BETWEEN 1 AND 366
  ),
  -- A small part of the offers is looked up one by one. A larger one is picked from all rows, which takes less time.
  part AS MATERIALIZED (
    SELECT s.sampled < 4096 AS is_small, (
      SELECT coalesce(array_agg(o.offer_id), '{}') FROM analytics.dim_offer o
      WHERE s.sampled < 4096 AND (hashint8(o.offer_id) & 65535) < s.sampled) AS offer_ids
    FROM span s
  ),
  price AS NOT MATERIALIZED (
    SELECT h.offer_id, h.kind, h.amount_cny, h.next_amount_cny, h.valid_to, h.ended_day, h.is_current
    FROM analytics.fct_price_history h
    WHERE NOT (SELECT is_small FROM part) AND (hashint8(h.offer_id) & 65535) < (SELECT sampled FROM span)
    UNION ALL
    -- The index of ended_day would give pages whose rows are all compared with all of these offers. `+ 0` keeps Postgres from using it.
    SELECT h.offer_id, h.kind, h.amount_cny, h.next_amount_cny, h.valid_to, h.ended_day + 0, h.is_current
    FROM analytics.fct_price_history h
    WHERE (SELECT is_small FROM part) AND h.offer_id = ANY ((SELECT offer_ids FROM part)::bigint[])
  ),
  observation AS NOT MATERIALIZED (
    SELECT o.offer_id, o.observed_at, o.source, o.is_found, o.is_late, o.stock
    FROM analytics.fct_observation o
    WHERE NOT (SELECT is_small FROM part) AND (hashint8(o.offer_id) & 65535) < (SELECT sampled FROM span)
    UNION ALL
    SELECT o.offer_id, o.observed_at, o.source, o.is_found, o.is_late, o.stock
    FROM analytics.fct_observation o
    WHERE (SELECT is_small FROM part) AND o.offer_id = ANY ((SELECT offer_ids FROM part)::bigint[])
  ),
  -- Times between observations add up to the time from the observation before these days, or the first, to the last. So
  -- nothing has to be sorted.
  observed AS MATERIALIZED (
    SELECT offer_id,
           count(*) FILTER (WHERE is_here) AS times, min(observed_at) AS first_at, max(observed_at) AS last_at,
           max(observed_at) FILTER (WHERE NOT is_here) AS before_at,
           count(*) FILTER (WHERE is_here AND is_counted_row) AS row_times, min(observed_at) FILTER (WHERE is_counted_row) AS row_first_at,
           max(observed_at) FILTER (WHERE is_counted_row) AS row_last_at, max(observed_at) FILTER (WHERE is_counted_row AND NOT is_here) AS row_before_at,
           max(observed_at) FILTER (WHERE NOT is_row) AS detail_at
    FROM (
      SELECT offer_id, source = 'search' AS is_row, observed_at, observed_at >= (SELECT starts_at FROM span) AS is_here,
             -- Figures of rows alone are not needed when another kind is asked for.
             source = 'search' AND (change_rates.kind IS NULL OR change_rates.kind LIKE 'search%') AS is_counted_row
      FROM observation
      WHERE observed_at >= (SELECT reads_from FROM span) AND is_found AND NOT is_late
    ) o
    GROUP BY offer_id
  ),
  pair AS MATERIALIZED (
    SELECT o.offer_id, o.detail_at, coalesce(o.before_at, o.first_at) AS since, coalesce(o.row_before_at, o.row_first_at) AS row_since,
           o.times - (o.before_at IS NULL)::int AS pairs,
           date_part('epoch', o.last_at - coalesce(o.before_at, o.first_at)) / 86400 AS exposure,
           o.row_times - (o.row_before_at IS NULL)::int AS row_pairs,
           date_part('epoch', o.row_last_at - coalesce(o.row_before_at, o.row_first_at)) / 86400 AS row_exposure
    FROM observed o
    WHERE o.times > 0
  ),
  stock AS (
    SELECT offer_id, count(*) AS pairs, date_part('epoch', max(observed_at) - min(not_before)) / 86400 AS exposure,
           count(*) FILTER (WHERE stock <> stock_before) AS changes
    FROM (
      SELECT offer_id, observed_at, stock, lag(stock) OVER own AS stock_before, lag(observed_at) OVER own AS not_before
      FROM observation
      WHERE observed_at >= (SELECT reads_from FROM span) AND is_found AND NOT is_late AND source = 'detail'
        AND (change_rates.kind IS NULL OR change_rates.kind = 'stock')
      WINDOW own AS (PARTITION BY offer_id ORDER BY observed_at)
    ) l
    WHERE observed_at >= (SELECT starts_at FROM span) AND not_before IS NOT NULL
    GROUP BY offer_id
    HAVING count(stock) > 0
  ),
  ended AS MATERIALIZED (
    SELECT h.offer_id, h.kind, h.valid_to, h.next_amount_cny <> h.amount_cny AS is_move
    FROM price h
    WHERE NOT h.is_current AND h.ended_day >= (SELECT first_day FROM span)
      AND (change_rates.kind IS NULL OR h.kind = (SELECT nullif(change_rates.kind, 'stock')::catalog.price_kind) OR h.kind = 'search' AND change_rates.kind = 'list')
  ),
  move AS MATERIALIZED (
    SELECT DISTINCT e.offer_id, e.kind, e.valid_to AS at FROM ended e WHERE e.is_move
  ),
  changed AS (
    SELECT known.offer_id, known.kind, count(*) AS changes
    FROM (
      -- A change that the first observation shows belongs to no counted pair.
      SELECT m.offer_id, m.kind
      FROM move m
      JOIN pair d USING (offer_id)
      WHERE m.at > CASE WHEN m.kind >= 'search' THEN d.row_since ELSE d.since END
      UNION ALL
      -- A change that a row has shown since the last detail is a change of the list price, though its amount is not
      -- known yet.
      SELECT m.offer_id, 'list'
      FROM move m
      JOIN pair d USING (offer_id)
      WHERE m.kind = 'search' AND m.at > d.since AND (d.detail_at IS NULL OR m.at > d.detail_at)
    ) known
    GROUP BY known.offer_id, known.kind
  ),
  one_offer AS (
    SELECT k.offer_id, k.kind::text AS figure, CASE WHEN k.is_row THEN p.row_pairs ELSE p.pairs END AS pairs,
           CASE WHEN k.is_row THEN p.row_exposure ELSE p.exposure END AS exposure, coalesce(c.changes, 0) AS changes
    FROM (
      SELECT h.offer_id, h.kind, h.kind >= 'search' AS is_row
      FROM price h
      WHERE h.is_current AND (change_rates.kind IS NULL OR h.kind = (SELECT nullif(change_rates.kind, 'stock')::catalog.price_kind))
      GROUP BY h.offer_id, h.kind
      UNION ALL
      -- Offers of which no price of the kind is current: the last ones ended without a next one.
      SELECT e.offer_id, e.kind, e.kind >= 'search'
      FROM ended e
      WHERE e.is_move IS NULL AND (change_rates.kind IS NULL OR e.kind = (SELECT nullif(change_rates.kind, 'stock')::catalog.price_kind))
        AND NOT EXISTS (SELECT FROM price h WHERE h.is_current AND (h.offer_id, h.kind) = (e.offer_id, e.kind))
      GROUP BY e.offer_id, e.kind
    ) k
    JOIN pair p ON p.offer_id = k.offer_id
    LEFT JOIN changed c ON c.offer_id = k.offer_id AND c.kind = k.kind
    UNION ALL
    SELECT offer_id, 'stock', pairs, exposure, changes FROM stock
  ),
  total AS (
    SELECT category_id, figure, count(*)::int AS offers, sum(pairs) AS pairs, sum(exposure) AS exposure, sum(changes) AS changes,
           sum(rate) AS rates, sum(rate ^ 2) AS squares, count(rate) AS rated
    FROM (
      SELECT o.category_id, r.figure, r.pairs, r.exposure, c.changes, -ln(1 - c.changes / (r.pairs + 0.5)::float8) * r.pairs / nullif(r.exposure, 0) AS rate
      FROM one_offer r
      CROSS JOIN LATERAL (SELECT least(r.changes, r.pairs) AS changes) c
      JOIN analytics.dim_offer o USING (offer_id)
      WHERE r.pairs > 0
    ) k
    GROUP BY category_id, figure
  )
  SELECT category_id, figure, sum(offers)::int, sum(pairs)::bigint, round(sum(exposure)::numeric, 1), sum(changes)::bigint,
         round((sum(rates) / nullif(sum(rated), 0))::numeric, 5),
         round((sum(changes) / nullif(sum(exposure), 0))::numeric, 5), round(sum(changes) / sum(pairs), 5),
         -- The error comes from the offers that are not in the part.
         round(sqrt((SELECT 1 - greatest(sampled, 0) / 65536 FROM span)
                    * greatest(0, sum(squares) - sum(rates) ^ 2 / nullif(sum(rated), 0)) / nullif(sum(rated), 0) ^ 2)::numeric, 5)
  FROM total
  GROUP BY GROUPING SETS ((figure), (category_id, figure))
  -- Offers without a category count only among all offers.
  HAVING grouping(category_id) = 1 OR category_id IS NOT NULL
  ORDER BY category_id NULLS FIRST, figure
$$;

COMMENT ON FUNCTION analytics.change_rates(integer, text, integer) IS
  'How often each kind of price, and the stock, changed in the last days (default 30, at most 366), for all offers (category_id null) and for each category. kind: one kind of price, or stock, alone, which takes less time. max_offers: in a larger catalog, a random part of about this many offers, the same ones each time. offers: how many offers the figures are made of. Figures are over pairs of consecutive observations that end in these days, and begin in them or in as many days before: their number (pairs), the days between them (exposure_days), and the pairs that differ (changes). per_day: changes of one offer per day, as the mean over offers, each counted once, corrected for several changes between two observations. per_exposure_day: changes / exposure_days. per_observation: changes / pairs, which says what was observed, and not how often offers change. Search rows whose price did not move count as observations of what details show, but not for stock, whose rate is too high where rows prompt details: docs/statistics.md. standard_error: error of per_day that comes from reading only a part of the offers; 0 with all of them.';
