-- Purpose: the probability that the known values of an offer still hold. Reads the one row of each offer in
--          sync.refresh, and observations only for the stock of offers that the previous release observed last, and
--          search windows for offers that are gone. Ages by date_part, because extract gives numeric, which is slow.
--          Probabilities are rounded by integers, because Postgres converts float8 to numeric through text.
CREATE VIEW analytics.figure_rates AS
SELECT f.figure, f.prior_changes::float8 AS changes, f.prior_days::float8 AS days,
       -- The prior of src/refresh/planner/hidden-share.ts.
       least(1, (0.3 + f.hidden_changes::float8) / (10 + f.hidden_expected::float8)) AS hidden_share,
       (1 + f.row_changes::float8) / (2 + f.row_details::float8) AS row_hint_share,
       (1 + f.date_changes::float8) / (2 + f.date_details::float8) AS date_hint_share,
       (1 + f.absence_changes::float8) / (2 + f.absence_details::float8) AS absence_hint_share
FROM sync.figure f;

COMMENT ON VIEW analytics.figure_rates IS 'How often the figures of all offers change: the prior of p_current in offer_confidence. Key: figure.';
COMMENT ON COLUMN analytics.figure_rates.figure IS 'offer (anything but stock and sales), price (any price of its detail), in_stock (it sells out), out_of_stock (it comes back in stock), gone (the offer returns).';
COMMENT ON COLUMN analytics.figure_rates.changes IS 'An offer without observations of its own counts as if this many changes had been seen in days.';
COMMENT ON COLUMN analytics.figure_rates.days IS 'Number of days for changes.';
COMMENT ON COLUMN analytics.figure_rates.hidden_share IS 'Share of the changes of this figure that search rows do not show, 0 to 1.';
COMMENT ON COLUMN analytics.figure_rates.row_hint_share IS 'After a search row with another price: share of the details that found the figure changed, 0 to 1.';
COMMENT ON COLUMN analytics.figure_rates.date_hint_share IS 'The same after a search row with the same price and another modification date.';
COMMENT ON COLUMN analytics.figure_rates.absence_hint_share IS 'The same after a complete pass that did not list the offer.';

CREATE VIEW analytics.offer_confidence AS
SELECT e.offer_id, e.detail_at AS observed_at, e.vouched_at, e.hint, e.hinted_at,
       ((10000 * e.offer_kept * analytics.chance_held(e.offer_changes, e.offer_days, e.offer_age))::int * 0.0001)::numeric(10, 4) AS p_current,
       ((10000 * e.price_kept * analytics.chance_held(e.price_changes, e.price_days, e.price_age))::int * 0.0001)::numeric(10, 4) AS price_p_current,
       ((10000 * e.stock_kept * analytics.chance_held(e.stock_changes, e.stock_days, e.stock_age))::int * 0.0001)::numeric(10, 4) AS stock_p_current,
       e.is_in_stock,
       e.offer_changes / e.offer_days AS changes_per_day, e.price_changes / e.price_days AS price_changes_per_day,
       e.price_changes, e.price_days, e.now - e.price_age * interval '1 day' AS price_known_at
FROM (
  SELECT s.*,
         CASE s.hint WHEN 'row' THEN 1 - o.row_hint_share WHEN 'modify_date' THEN 1 - o.date_hint_share
                     WHEN 'absence' THEN 1 - o.absence_hint_share ELSE 1 END AS offer_kept,
         CASE s.hint WHEN 'row' THEN 1 - p.row_hint_share WHEN 'modify_date' THEN 1 - p.date_hint_share
                     WHEN 'absence' THEN 1 - p.absence_hint_share ELSE 1 END AS price_kept,
         CASE s.hint WHEN 'row' THEN 1 - k.row_hint_share WHEN 'modify_date' THEN 1 - k.date_hint_share
                     WHEN 'absence' THEN 1 - k.absence_hint_share ELSE 1 END AS stock_kept,
         o.changes * (s.offer_evidence IS NULL)::int + s.own_offer_changes AS offer_changes, o.days * (s.offer_evidence IS NULL)::int + s.own_offer_days + (1 - o.hidden_share) * s.absent_days AS offer_days,
         p.changes * (s.price_evidence IS NULL)::int + s.own_price_changes AS price_changes, p.days * (s.price_evidence IS NULL)::int + s.own_price_days AS price_days,
         k.changes * (s.stock_evidence IS NULL)::int + s.own_stock_changes AS stock_changes, k.days * (s.stock_evidence IS NULL)::int + s.own_stock_days AS stock_days,
         s.row_age + o.hidden_share * (s.detail_age - s.row_age) AS offer_age,
         s.row_age + p.hidden_share * (s.detail_age - s.row_age) AS price_age,
         s.row_age + k.hidden_share * (s.detail_age - s.row_age) AS stock_age
  FROM (
    SELECT r.offer_id, t.detail_at, c.now, coalesce(r.stale_by, t.hint) AS hint, t.hinted_at, t.is_in_stock,
           greatest(r.vouched_at, t.detail_at, t.absent_at) AS vouched_at,
           coalesce(greatest(0, date_part('epoch', t.absent_at - greatest(r.vouched_at, t.detail_at)) / 86400), 0) AS absent_days,
           r.empty_detail_streak = 0 AS is_found,
           CASE WHEN r.empty_detail_streak = 0 THEN r.offer_changes ELSE r.gone_changes END AS own_offer_changes,
           CASE WHEN r.empty_detail_streak = 0 THEN r.offer_days ELSE r.gone_days END AS own_offer_days,
           CASE WHEN r.empty_detail_streak = 0 THEN r.evidence[1] ELSE r.evidence[41] END AS offer_evidence,
           r.evidence[11] AS price_evidence, CASE WHEN t.is_in_stock THEN r.evidence[21] ELSE r.evidence[31] END AS stock_evidence,
           r.price_changes AS own_price_changes, r.price_days AS own_price_days,
           CASE WHEN t.is_in_stock THEN r.in_stock_changes ELSE r.out_of_stock_changes END AS own_stock_changes,
           CASE WHEN t.is_in_stock THEN r.in_stock_days ELSE r.out_of_stock_days END AS own_stock_days,
           date_part('epoch', c.now - coalesce(t.hinted_at, t.detail_at)) / 86400 AS detail_age,
           date_part('epoch', c.now - CASE WHEN t.hinted_at IS NULL THEN greatest(r.vouched_at, t.detail_at, t.absent_at)
                                           ELSE greatest(t.hinted_at, r.summary_at) END) / 86400 AS row_age
    FROM sync.refresh r
    CROSS JOIN analytics.clock c
    CROSS JOIN LATERAL (
      SELECT CASE
               WHEN r.empty_detail_streak > 0 THEN NULL
               WHEN r.is_in_stock IS NOT NULL THEN r.is_in_stock
               ELSE (
                 SELECT b.stock > 0 FROM catalog.observation b
                 WHERE b.offer_id = r.offer_id AND b.observed_at = r.found_at AND b.source = 'detail'
                 LIMIT 1)
             END AS is_in_stock,
             -- An absent offer stays absent as long as complete passes of the searches that listed it once, whole or in
             -- parts, do not list it. An offer that a detail found after such a search listed it last may have left the
             -- search before.
             CASE WHEN r.empty_detail_streak > 0 AND r.stale_since IS NULL THEN (
               SELECT max(h.complete_since)
               FROM (
                 SELECT coalesce(w.parent_window_id, w.window_id) AS window_id, max(o.last_seen_at) AS last_seen_at
                 FROM sync.window_offer o
                 JOIN sync.search_window w USING (window_id)
                 WHERE o.offer_id = r.offer_id AND w.kind <> 'image'
                 GROUP BY 1
               ) s
               JOIN sync.search_window h USING (window_id)
               WHERE h.retired_at IS NULL AND s.last_seen_at < h.complete_since AND s.last_seen_at >= r.found_at)
             END AS absent_at,
             -- An unreadable answer came later, answered the hint, and showed nothing.
             CASE WHEN r.empty_detail_streak = 0 THEN r.found_at ELSE r.detail_at END AS detail_at,
             CASE WHEN r.price_hinted_at > r.found_at THEN 'row' WHEN r.date_hinted_at > r.found_at THEN 'modify_date' END AS hint,
             coalesce(r.stale_since, CASE WHEN coalesce(r.price_hinted_at, r.date_hinted_at) > r.found_at THEN coalesce(r.price_hinted_at, r.date_hinted_at) END) AS hinted_at
    ) t
    WHERE r.found_at IS NOT NULL
  ) s
  -- Every figure has a row. With inner joins, Postgres would expect a fortieth of the offers.
  LEFT JOIN analytics.figure_rates o ON o.figure = CASE WHEN s.is_found THEN 'offer' ELSE 'gone' END
  LEFT JOIN analytics.figure_rates p ON p.figure = 'price' AND s.is_found
  LEFT JOIN analytics.figure_rates k ON k.figure = CASE WHEN s.is_in_stock THEN 'in_stock' WHEN NOT s.is_in_stock THEN 'out_of_stock' END
) e;

COMMENT ON VIEW analytics.offer_confidence IS 'Probability that what is known of one offer still holds now, from a learned rate of change and the age of the data. Offers that no detail has found have no row. Key: offer_id.';
COMMENT ON COLUMN analytics.offer_confidence.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.offer_confidence.observed_at IS 'Time of the newest detail answer that could be read. The probabilities are about what it showed.';
COMMENT ON COLUMN analytics.offer_confidence.vouched_at IS 'Time of the newest observation, from observed_at on, without a hint of a change; for an offer that was not found, also of the newest complete pass that did not list it.';
COMMENT ON COLUMN analytics.offer_confidence.hint IS 'Sign of a change: row (another price in a search row), modify_date (another modification date), absence (a complete pass without the offer). Null: none.';
COMMENT ON COLUMN analytics.offer_confidence.hinted_at IS 'Time at which the hint was seen.';
COMMENT ON COLUMN analytics.offer_confidence.p_current IS 'Probability, 0 to 1, that the offer, except stock and sales, still is as the newest detail showed it; if that did not find the offer: that it is still absent.';
COMMENT ON COLUMN analytics.offer_confidence.price_p_current IS 'Probability, 0 to 1, that all its prices still hold, except those of search rows. Null: the newest detail was empty.';
COMMENT ON COLUMN analytics.offer_confidence.stock_p_current IS 'Probability, 0 to 1, that it is still in stock, or still out of stock (is_in_stock). Null: the newest detail was empty, or did not state the stock.';
COMMENT ON COLUMN analytics.offer_confidence.is_in_stock IS 'True: the newest detail showed stock.';
COMMENT ON COLUMN analytics.offer_confidence.changes_per_day IS 'Learned rate of changes of the offer, except stock and sales; if the newest detail did not find it: rate of its return.';
COMMENT ON COLUMN analytics.offer_confidence.price_changes_per_day IS 'Learned rate of changes of its prices.';
COMMENT ON COLUMN analytics.offer_confidence.price_changes IS 'Evidence for the rate of its prices: as if this many changes had been seen in price_days (see chance_held).';
COMMENT ON COLUMN analytics.offer_confidence.price_days IS 'Number of days for price_changes.';
COMMENT ON COLUMN analytics.offer_confidence.price_known_at IS 'The prices are as certain as if they had been observed at this time, which is later than observed_at where search rows confirmed them.';
