-- Purpose: how prices moved, day by day, for all offers or by category, without bias from what was observed, and when.
-- Params:  days integer: 1 to 366; kind text; by_category boolean; max_offers integer: in a larger catalog, read a
--          random part of about this many offers (the same offers each time); null: all; category bigint: only this
--          category, all of whose offers are read
-- Returns: one row for each day (and category); none if there are no prices of the kind, or days is out of range
--
-- The index moves with each offer's mean of the logarithms of its prices. A change between two observations is spread
-- evenly over the time between them. After its last observation, an offer moves as offers do on average: change found
-- by time observed. Times are in days since the first day began, by date_part, because extract gives numeric, which is
-- slow. A sum of straight lines is stored as the events at which slopes change.
CREATE OR REPLACE FUNCTION analytics.price_index(
  days integer DEFAULT 30, kind text DEFAULT 'list', by_category boolean DEFAULT false, max_offers integer DEFAULT NULL,
  category bigint DEFAULT NULL)
RETURNS TABLE (category_id bigint, day date, index_points numeric, carried_points numeric, offers integer, pairs integer,
               changed_pairs integer, expected_share numeric, standard_error numeric)
LANGUAGE sql STABLE
-- Postgres expects a row or two from a join on several columns. It would loop over a hundred thousand and never end;
-- sorts cost more than hashes.
SET enable_nestloop = off
SET enable_mergejoin = off
-- For a hundred thousand offers, this keeps what is joined and counted in memory.
SET work_mem = '64MB'
AS $$
  WITH span AS MATERIALIZED (
    SELECT c.day - d.days + 1 AS first_day, t.starts_at, c.now AS until,
           date_part('epoch', c.now - t.starts_at) / 86400 AS now,
           (c.day - 2 * d.days + 1)::timestamp AT TIME ZONE INTERVAL '8 hours' AS reads_from,
           least(65536, CASE WHEN price_index.max_offers IS NULL THEN 65536
             ELSE 65536.0 * price_index.max_offers / greatest((SELECT count(*) FROM analytics.dim_offer), 1) END) AS sampled
    FROM analytics.clock c
    -- This must also work for other values of days, as Postgres may check the condition below later.
    CROSS JOIN LATERAL (SELECT least(greatest(price_index.days, 1), 366) AS days) d
    CROSS JOIN LATERAL (SELECT (c.day - d.days + 1)::timestamp AT TIME ZONE INTERVAL '8 hours' AS starts_at) t
    WHERE price_index.days BETWEEN 1 AND 366
  ),
  -- The offers to read, if not all. Each is then looked up: the index of ended_day would give pages whose rows are all
  -- compared with all of these offers. `ended_day + 0` keeps Postgres from using that index.
  part AS MATERIALIZED (
    SELECT s.sampled < 65536 AS is_drawn, (
      SELECT coalesce(array_agg(o.offer_id), '{}') FROM analytics.dim_offer o
      WHERE s.sampled < 65536 AND ((hashint8(o.offer_id) & 65535) < s.sampled OR o.category_id = price_index.category)) AS offer_ids
    FROM span s
  ),
  price AS NOT MATERIALIZED (
    SELECT h.offer_id, h.kind, h.amount_cny, h.next_amount_cny, h.valid_from, h.valid_to, h.ended_day, h.is_current
    FROM analytics.fct_price_history h
    WHERE NOT (SELECT is_drawn FROM part)
    UNION ALL
    SELECT h.offer_id, h.kind, h.amount_cny, h.next_amount_cny, h.valid_from, h.valid_to, h.ended_day + 0, h.is_current
    FROM analytics.fct_price_history h
    WHERE (SELECT is_drawn FROM part) AND h.offer_id = ANY ((SELECT offer_ids FROM part)::bigint[])
  ),
  observation AS NOT MATERIALIZED (
    SELECT o.offer_id, o.observed_at, o.source, o.is_found, o.is_late, o.stock
    FROM analytics.fct_observation o
    WHERE NOT (SELECT is_drawn FROM part)
    UNION ALL
    SELECT o.offer_id, o.observed_at, o.source, o.is_found, o.is_late, o.stock
    FROM analytics.fct_observation o
    WHERE (SELECT is_drawn FROM part) AND o.offer_id = ANY ((SELECT offer_ids FROM part)::bigint[])
  ),
  ended AS MATERIALIZED (
    -- Prices of this kind, and prices of search rows.
    SELECT h.offer_id, h.kind = price_index.kind::catalog.price_kind AS is_own, h.amount_cny::float8 AS cny,
           nullif(h.next_amount_cny, 0)::float8 AS next_cny, h.valid_from, h.valid_to
    FROM price h
    WHERE (h.kind = price_index.kind::catalog.price_kind OR h.kind = 'search' AND price_index.kind = 'list')
      AND NOT h.is_current AND h.ended_day >= (SELECT first_day FROM span) AND h.amount_cny > 0
  ),
  offer AS MATERIALIZED (
    -- 0 stands for all offers, or for those of other categories: a null would join nothing.
    SELECT h.offer_id, CASE WHEN price_index.by_category OR o.category_id = price_index.category THEN o.category_id ELSE 0 END AS category_id,
           h.began, h.ended, h.prices,
           o.detail_seen_at,
           least(greatest(date_part('epoch', k.known_at - h.starts_at) / 86400, h.began), h.ended) AS known
    FROM (
      SELECT p.offer_id, s.starts_at, date_part('epoch', p.began - s.starts_at) / 86400 AS began,
             date_part('epoch', p.ended - s.starts_at) / 86400 AS ended,
             -- The mean number of prices that the offer had at a time.
             p.seconds / nullif(date_part('epoch', p.ended - p.began), 0) AS prices
      FROM (
        SELECT i.offer_id, min(i.began) AS began, max(i.ended) AS ended, sum(date_part('epoch', i.ended - i.began)) AS seconds
        FROM (
          SELECT e.offer_id, greatest(e.valid_from, (SELECT starts_at FROM span)) AS began, e.valid_to AS ended FROM ended e WHERE e.is_own
          UNION ALL
          SELECT c.offer_id, greatest(c.valid_from, (SELECT starts_at FROM span)), (SELECT until FROM span)
          FROM price c
          WHERE c.is_current AND c.kind = price_index.kind::catalog.price_kind AND c.amount_cny > 0
        ) i
        GROUP BY i.offer_id
      ) p
      CROSS JOIN span s
    ) h
    JOIN analytics.dim_offer o USING (offer_id)
    CROSS JOIN LATERAL (
      SELECT CASE WHEN price_index.kind LIKE 'search%' THEN o.search_seen_at
                  WHEN price_index.kind = 'list' THEN greatest(o.detail_seen_at, o.search_seen_at)
                  ELSE o.detail_seen_at END AS known_at
    ) k
    WHERE h.prices IS NOT NULL AND (NOT price_index.by_category AND price_index.category IS NULL OR o.category_id IS NOT NULL)
  ),
  observed AS MATERIALIZED (
    SELECT l.offer_id, l.observed_at, l.is_counted, l.not_before
    FROM (
      SELECT o.offer_id, o.observed_at, o.is_counted, lag(o.observed_at) OVER (PARTITION BY o.offer_id ORDER BY o.observed_at, o.is_counted DESC) AS not_before
      FROM (
        SELECT f.offer_id, f.observed_at, (f.source = 'search') = (price_index.kind LIKE 'search%') AS is_counted
        FROM observation f
        -- The first pairs begin before the days asked for.
        WHERE f.observed_at >= (SELECT reads_from FROM span) AND f.is_found AND NOT f.is_late
          AND (f.source = 'search' AND price_index.kind = 'list' OR (f.source = 'search') = (price_index.kind LIKE 'search%'))
      ) o
    ) l
    -- A row and a detail may have the same time.
    WHERE l.observed_at >= (SELECT starts_at FROM span) AND l.not_before IS DISTINCT FROM l.observed_at
  ),
  change AS MATERIALIZED (
    SELECT e.offer_id, e.is_own, e.valid_to AS seen_at, max(e.valid_from) AS held_from, sum(ln(e.next_cny / e.cny)) AS moved
    FROM ended e
    WHERE e.next_cny IS NOT NULL
    GROUP BY e.offer_id, e.is_own, e.valid_to
  ),
  -- Prices in another unit are not comparable. A unit that is stated for the first time, or left out for a time, is no
  -- change.
  comparable AS (
    SELECT c.* FROM change c
    WHERE NOT EXISTS (
      SELECT FROM analytics.fct_offer_change u
      WHERE u.offer_id = c.offer_id AND u.field = 'unit' AND u.observed_at = c.seen_at
        AND u.new_value <> u.stated_before)
  ),
  piece AS MATERIALIZED (
    SELECT p.category_id, p.is_own, p.moved, p.seen, greatest(p.not_before, 0) AS starts, p.moved / (p.seen - p.not_before) AS slope
    FROM (
      SELECT o.category_id, c.is_own, c.moved / CASE WHEN c.is_own THEN o.prices ELSE 1 END AS moved,
             date_part('epoch', c.seen_at - s.starts_at) / 86400 AS seen,
             date_part('epoch', coalesce(l.not_before, (
               SELECT b.observed_at FROM analytics.fct_observation b
               WHERE b.offer_id = c.offer_id AND b.observed_at < c.seen_at AND b.is_found AND NOT b.is_late
               ORDER BY b.observed_at DESC LIMIT 1), c.held_from) - s.starts_at) / 86400 AS not_before
      FROM comparable c
      JOIN offer o USING (offer_id)
      CROSS JOIN span s
      LEFT JOIN observed l ON l.offer_id = c.offer_id AND l.observed_at = c.seen_at
      -- Since its last detail, an offer moved as its search row did.
      WHERE c.is_own OR c.seen_at > o.detail_seen_at
      -- Looks each observation up once, though three columns use it.
      OFFSET 0
    ) p
  ),
  -- Sums each kind of event first, so that no row is made for a single event.
  event AS (
    SELECT e.category_id, e.nth, sum(e.slope) AS slope, sum(e.slope_at) AS slope_at, sum(e.carried) AS carried, sum(e.squares) AS squares,
           sum(e.open) AS open, sum(e.open_at) AS open_at, sum(e.alive) AS alive, sum(e.alive_at) AS alive_at
    FROM (
      SELECT p.category_id, floor(p.starts)::int AS nth, sum(p.slope) AS slope, sum(p.slope * p.starts) AS slope_at, 0::float8 AS carried,
             0::float8 AS squares, 0 AS open, 0::float8 AS open_at, 0 AS alive, 0::float8 AS alive_at
      FROM piece p GROUP BY p.category_id, nth
      UNION ALL
      SELECT p.category_id, floor(p.seen)::int AS nth, -sum(p.slope), -sum(p.slope * p.seen), sum(p.moved), sum(p.moved ^ 2), 0, 0, 0, 0
      FROM piece p GROUP BY p.category_id, nth
      UNION ALL
      SELECT o.category_id, floor(o.began)::int AS nth, 0, 0, 0, 0, 0, 0, count(*), sum(o.began) FROM offer o GROUP BY o.category_id, nth
      UNION ALL
      SELECT o.category_id, floor(o.known)::int AS nth, 0, 0, 0, 0, count(*), sum(o.known), 0, 0 FROM offer o GROUP BY o.category_id, nth
      UNION ALL
      SELECT o.category_id, floor(o.ended)::int AS nth, 0, 0, 0, 0, -count(*), -sum(o.ended), -count(*), -sum(o.ended)
      FROM offer o GROUP BY o.category_id, nth
    ) e
    GROUP BY e.category_id, e.nth
  ),
  observation_pair AS (
    SELECT o.category_id, floor(date_part('epoch', l.observed_at - s.starts_at) / 86400)::int AS nth, count(l.not_before)::int AS pairs
    FROM observed l
    JOIN offer o USING (offer_id)
    CROSS JOIN span s
    WHERE l.is_counted AND l.observed_at >= (SELECT starts_at FROM span)
    GROUP BY o.category_id, nth
  ),
  changed_pair AS (
    SELECT p.category_id, floor(p.seen)::int AS nth, count(*)::int AS pairs FROM piece p WHERE p.is_own GROUP BY p.category_id, nth
  ),
  -- Sums of the straight lines up to the end of each day. Before the first event the sum is 0, not unknown.
  line AS (
    SELECT g.category_id, d.nth, d.ends,
           coalesce(d.ends * sum(e.slope) OVER w - sum(e.slope_at) OVER w, 0) AS moved, coalesce(e.carried, 0) AS carried, coalesce(sum(e.squares) OVER w, 0) AS squares,
           coalesce(d.ends * sum(e.open) OVER w - sum(e.open_at) OVER w, 0) AS open_days,
           coalesce(d.ends * sum(e.alive) OVER w - sum(e.alive_at) OVER w, 0) AS alive_days
    FROM (SELECT DISTINCT offer.category_id FROM offer) g
    CROSS JOIN (
      SELECT n.nth, least(n.nth + 1, s.now) AS ends FROM span s CROSS JOIN LATERAL generate_series(0, least(greatest(price_index.days, 1), 366) - 1) n (nth)
    ) d
    LEFT JOIN event e ON e.category_id = g.category_id AND e.nth = d.nth
    WINDOW w AS (PARTITION BY g.category_id ORDER BY d.nth)
  ),
  daily AS (
    SELECT l.*, l.moved - lag(l.moved, 1, 0::float8) OVER w AS day_moved, l.open_days - lag(l.open_days, 1, 0::float8) OVER w AS day_open,
           l.alive_days - lag(l.alive_days, 1, 0::float8) OVER w AS day_alive, l.ends - lag(l.ends, 1, 0::float8) OVER w AS length,
           last_value(l.moved) OVER g AS all_moved, last_value(l.alive_days - l.open_days) OVER g AS all_known,
           last_value(l.squares) OVER g AS all_squares
    FROM line l
    WINDOW w AS (PARTITION BY l.category_id ORDER BY l.nth), g AS (w ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
  ),
  -- The drift of a category is its own mean where much of it was observed; ten thousand offer days give its own mean
  -- half of the weight.
  drifting AS (
    SELECT d.*, (d.all_moved + 10000 * m.mean) / (d.all_known + 10000) AS drift, m.mean_error
    FROM daily d
    CROSS JOIN (
      SELECT coalesce(sum(w.all_moved * w.weight) / nullif(sum(w.all_known * w.weight), 0), 0) AS mean,
             sqrt(max(w.all_squares) FILTER (WHERE w.category_id = 0)) / nullif(max(w.all_known) FILTER (WHERE w.category_id = 0), 0) AS mean_error
      FROM (
        -- Offers of other categories stand for all that were not drawn.
        SELECT l.*, CASE WHEN l.category_id = 0 THEN 65536 / greatest(s.sampled, 1)::float8 ELSE 1 END AS weight
        FROM daily l
        CROSS JOIN span s
      ) w
    ) m
  )
  SELECT CASE WHEN price_index.by_category OR price_index.category IS NOT NULL THEN d.category_id END, (SELECT first_day FROM span) + d.nth,
         round((100 * d.index)::numeric, 3), round((100 * exp(sum(d.length * d.carried / nullif(d.day_alive, 0)) OVER w))::numeric, 3),
         round(d.day_alive / d.length)::int, coalesce(p.pairs, 0), coalesce(c.pairs, 0),
         round((d.day_open / nullif(d.day_alive, 0))::numeric, 4),
         -- The error comes from the offers that are not in the part. Offers of the part that were not observed move by
         -- the mean, and so with its error. One category alone is read whole.
         round((100 * d.index * sqrt((SELECT 1 - greatest(sampled, 0) / 65536 FROM span)) * d.length / nullif(d.day_alive, 0)
                * CASE WHEN NOT (SELECT is_drawn FROM part) THEN 0
                       WHEN price_index.category IS NULL
                       THEN sqrt(d.squares) * (1 + d.open_days / nullif(d.all_known + price_index.by_category::int * 10000, 0))
                       ELSE d.open_days * 10000 / (d.all_known + 10000) * coalesce(d.mean_error, 0) END)::numeric, 3)
  FROM (
    SELECT t.*, exp(sum(t.length * (t.day_moved + t.drift * t.day_open) / nullif(t.day_alive, 0)) OVER w) AS index
    FROM drifting t
    WINDOW w AS (PARTITION BY t.category_id ORDER BY t.nth)
  ) d
  LEFT JOIN observation_pair p ON p.category_id = d.category_id AND p.nth = d.nth
  LEFT JOIN changed_pair c ON c.category_id = d.category_id AND c.nth = d.nth
  WHERE price_index.category IS NULL OR d.category_id = price_index.category
  WINDOW w AS (PARTITION BY d.category_id ORDER BY d.nth)
  ORDER BY d.category_id, d.nth
$$;

COMMENT ON FUNCTION analytics.price_index(integer, text, boolean, integer, bigint) IS
  'How prices of one kind moved in the last days (default 30, at most 366) in Shanghai: one row for each day, for all offers (category_id null), for each category (by_category), or for one (category), of which all offers are read. 100 is the level at the end of the day before the first one. index_points: geometric mean over offers, each counted once. A change is spread evenly over the time between the two observations that show it; offers that were not observed since move by the mean (expected_share: their share of that day). carried_points: counts every change on the day that found it, and nothing for other offers, so it lags. offers: how many offers the index is made of (0, and no index, on days before the first). max_offers: in a larger catalog, a random part of about this many offers, the same ones each time. pairs: observations of the day that have one before them; changed_pairs: those that found another price. Prices in another unit are not compared. standard_error, in points: error of index_points that comes from reading only a part of the offers; 0 with all of them. For one category, it is the error of the mean of all others.';
