-- Purpose: how often prices and stocks change, by the time in which they were observed and not by how often.
-- Params:  days integer: 1 to 366
-- Returns: one row for each figure of all offers (category_id null), and for each figure of each category
--
-- The planner looks more often at what changes more often, so that observations are no sample of offers. Every offer counts once,
-- with its own rate; of several changes between two observations one is seen, which the logarithm makes up for. A search row
-- whose price did not move vouches for what details show: without it, details that rows prompt would be all that is counted.
CREATE OR REPLACE FUNCTION analytics.change_rates(days integer DEFAULT 30)
RETURNS TABLE (category_id bigint, figure text, offers integer, pairs bigint, exposure_days numeric, changes bigint,
               per_day numeric, per_exposure_day numeric, per_observation numeric)
LANGUAGE sql STABLE
-- Joins on several columns are taken for a row or two: a loop over a hundred thousand would never end, and sorts cost more than hashes.
SET enable_nestloop = off
SET enable_mergejoin = off
-- What is joined and counted then stays in memory, for a hundred thousand offers.
SET work_mem = '64MB'
AS $$
  WITH span AS MATERIALIZED (
    SELECT c.day - change_rates.days + 1 AS first_day,
           (c.day - change_rates.days + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS starts_at,
           -- The first pairs begin before these days.
           (c.day - 2 * change_rates.days + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS reads_from
    FROM analytics.clock c
    WHERE change_rates.days BETWEEN 1 AND 366
  ),
  seen AS MATERIALIZED (
    SELECT offer_id, source = 'search' AS is_row, observed_at, observed_at >= (SELECT starts_at FROM span) AS is_here, stock
    FROM analytics.fct_observation
    WHERE observed_at >= (SELECT reads_from FROM span) AND is_found AND NOT is_late
  ),
  part AS MATERIALIZED (
    SELECT offer_id, is_row, is_here, count(*) AS times, min(observed_at) AS first_at, max(observed_at) AS last_at
    FROM seen
    GROUP BY offer_id, is_row, is_here
  ),
  -- Times between observations add up to that from the one before these days, or the first, to the last: nothing is to be sorted.
  pair AS MATERIALIZED (
    SELECT offer_id, shown_by, times - (before_at IS NULL)::int AS pairs,
           date_part('epoch', last_at - coalesce(before_at, first_at)) / 86400 AS exposure
    FROM (
      SELECT p.offer_id, s.shown_by, (sum(p.times) FILTER (WHERE p.is_here))::bigint AS times, min(p.first_at) AS first_at,
             max(p.last_at) AS last_at, max(p.last_at) FILTER (WHERE NOT p.is_here) AS before_at
      FROM part p
      CROSS JOIN LATERAL (VALUES ('any'), (CASE WHEN p.is_row THEN 'row' ELSE 'detail' END)) s (shown_by)
      GROUP BY p.offer_id, s.shown_by
    ) l
    WHERE times > 1 OR times = 1 AND before_at IS NOT NULL
  ),
  stock_change AS MATERIALIZED (
    SELECT offer_id, count(*) FILTER (WHERE stock <> stock_before) AS changes
    FROM (
      SELECT offer_id, is_here, stock, lag(stock) OVER own AS stock_before, lag(observed_at) OVER own AS not_before
      FROM seen
      WHERE NOT is_row
      WINDOW own AS (PARTITION BY offer_id ORDER BY observed_at)
    ) l
    WHERE is_here AND not_before IS NOT NULL
    GROUP BY offer_id
    HAVING count(stock) > 0
  ),
  held AS MATERIALIZED (
    SELECT h.offer_id, h.sku_id, h.kind, h.min_quantity, h.valid_from, h.valid_to, h.amount_cny
    FROM analytics.fct_price_history h
    WHERE EXISTS (SELECT FROM span) AND (h.is_current OR h.ended_day >= (SELECT first_day FROM span))
  ),
  move AS MATERIALIZED (
    SELECT h.offer_id, h.kind, h.valid_to AS at
    FROM held h
    JOIN held n ON (n.offer_id, n.sku_id, n.kind, n.min_quantity, n.valid_from) = (h.offer_id, h.sku_id, h.kind, h.min_quantity, h.valid_to)
    WHERE n.amount_cny <> h.amount_cny AND h.valid_to IS NOT NULL
    GROUP BY h.offer_id, h.kind, h.valid_to
  ),
  changed AS (
    SELECT offer_id, kind, count(*) AS changes
    FROM (
      SELECT offer_id, kind FROM move
      UNION ALL
      -- What a row has shown since the last detail is a change of the list price, though its amount is not known yet.
      SELECT m.offer_id, 'list'
      FROM move m
      LEFT JOIN (SELECT offer_id, max(last_at) AS detail_at FROM part WHERE NOT is_row GROUP BY offer_id) d USING (offer_id)
      WHERE m.kind = 'search' AND (d.detail_at IS NULL OR m.at > d.detail_at)
    ) known
    GROUP BY offer_id, kind
  ),
  one_offer AS (
    SELECT p.offer_id, k.kind AS figure, p.pairs, p.exposure, least(coalesce(c.changes, 0), p.pairs) AS changes
    FROM (SELECT DISTINCT held.offer_id, held.kind FROM held) k
    JOIN pair p ON p.offer_id = k.offer_id AND p.shown_by = CASE WHEN k.kind LIKE 'search%' THEN 'row' ELSE 'any' END
    LEFT JOIN changed c ON c.offer_id = k.offer_id AND c.kind = k.kind
    UNION ALL
    SELECT p.offer_id, 'stock', p.pairs, p.exposure, s.changes FROM pair p JOIN stock_change s USING (offer_id) WHERE p.shown_by = 'detail'
  )
  SELECT o.category_id, r.figure, count(*)::int, sum(r.pairs)::bigint, round(sum(r.exposure)::numeric, 1), sum(r.changes)::bigint,
         round(avg(-ln(1 - r.changes / (r.pairs + 0.5)::float8) * r.pairs / nullif(r.exposure, 0))::numeric, 5),
         round((sum(r.changes) / nullif(sum(r.exposure), 0))::numeric, 5), round(sum(r.changes) / sum(r.pairs), 5)
  FROM one_offer r
  JOIN analytics.dim_offer o USING (offer_id)
  GROUP BY GROUPING SETS ((r.figure), (o.category_id, r.figure))
  -- An offer of no category is in that of all alone.
  HAVING grouping(o.category_id) = 1 OR o.category_id IS NOT NULL
  ORDER BY o.category_id NULLS FIRST, r.figure
$$;

COMMENT ON FUNCTION analytics.change_rates(integer) IS
  'How often each kind of price, and the stock, changed in the last days (default 30, at most 366): of all offers (category_id null) and of each category. Of consecutive observations (pairs) that end in these days: their number, the days between them (exposure_days), and the pairs that differ (changes). per_day: changes of one offer in a day, as the mean over offers, each once, allowing for several changes between two observations. per_exposure_day: changes by exposure_days. per_observation: changes by pairs, which says what was looked at, and not how often offers change. Search rows whose price did not move count as observations of what details show, but not for stock, whose rate is too high where rows prompt details: docs/statistics.md.';
