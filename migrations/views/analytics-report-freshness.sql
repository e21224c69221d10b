-- Purpose: how old the known data is. An offer of several feeds counts in each. Ages are of observed offers, shares of
--          all.
CREATE VIEW analytics.freshness AS
SELECT f.feed, o.category_id, count(*)::int AS offers,
       count(*) FILTER (WHERE r.detail_at IS NULL)::int AS never_observed,
       count(*) FILTER (WHERE r.stale_since IS NOT NULL)::int AS known_stale,
       (percentile_disc(0.5) WITHIN GROUP (ORDER BY a.search_age_h))::numeric(14, 1) AS search_age_median_h,
       (percentile_disc(0.9) WITHIN GROUP (ORDER BY a.search_age_h))::numeric(14, 1) AS search_age_p90_h,
       (percentile_disc(0.5) WITHIN GROUP (ORDER BY a.detail_age_h))::numeric(14, 1) AS detail_age_median_h,
       (percentile_disc(0.9) WITHIN GROUP (ORDER BY a.detail_age_h))::numeric(14, 1) AS detail_age_p90_h,
       max(a.detail_age_h)::numeric(14, 1) AS detail_age_max_h,
       round(count(*) FILTER (WHERE r.detail_at >= k.now - interval '24 hours')::numeric / count(*), 4)::numeric(10, 4) AS share_within_1d,
       round(count(*) FILTER (WHERE r.detail_at >= k.now - interval '168 hours')::numeric / count(*), 4)::numeric(10, 4) AS share_within_7d,
       round(avg(q.p_current), 4)::numeric(10, 4) AS expected_current_share, round(avg(q.price_p_current), 4)::numeric(10, 4) AS expected_prices_current_share
FROM catalog.offer o
LEFT JOIN sync.refresh r USING (offer_id)
LEFT JOIN analytics.offer_confidence q USING (offer_id)
LEFT JOIN sync.feed_set s USING (feed_set)
LEFT JOIN LATERAL unnest(s.feeds) AS f (feed) ON true
CROSS JOIN analytics.clock k
CROSS JOIN LATERAL (
  SELECT round(extract(epoch FROM k.now - r.summary_at) / 3600, 1) AS search_age_h,
         round(extract(epoch FROM k.now - r.detail_at) / 3600, 1) AS detail_age_h
) a
GROUP BY f.feed, o.category_id;

COMMENT ON VIEW analytics.freshness IS 'Age of what is known of the offers of one feed and category.';
COMMENT ON COLUMN analytics.freshness.feed IS 'Feed that found or names the offers; null: none. A feed that was renamed or removed keeps its offers under its old name.';
COMMENT ON COLUMN analytics.freshness.category_id IS 'Category (dim_category).';
COMMENT ON COLUMN analytics.freshness.offers IS 'Offers, in any state.';
COMMENT ON COLUMN analytics.freshness.never_observed IS 'Offers without any detail answer.';
COMMENT ON COLUMN analytics.freshness.known_stale IS 'Offers whose detail a search has shown to be out of date.';
COMMENT ON COLUMN analytics.freshness.search_age_median_h IS 'Median hours since the newest search row.';
COMMENT ON COLUMN analytics.freshness.search_age_p90_h IS 'Hours since the newest search row that 9 in 10 offers do not exceed.';
COMMENT ON COLUMN analytics.freshness.detail_age_median_h IS 'Median hours since the newest detail answer, over offers that have one.';
COMMENT ON COLUMN analytics.freshness.detail_age_p90_h IS 'Hours since the newest detail answer that 9 in 10 of these offers do not exceed.';
COMMENT ON COLUMN analytics.freshness.detail_age_max_h IS 'Most hours since the newest detail answer.';
COMMENT ON COLUMN analytics.freshness.share_within_1d IS 'Share of all offers with a detail answer of the last 24 hours, 0 to 1.';
COMMENT ON COLUMN analytics.freshness.share_within_7d IS 'Share of all offers with a detail answer of the last 7 days, 0 to 1.';
COMMENT ON COLUMN analytics.freshness.expected_current_share IS 'Of the offers with a detail answer: expected share that still is as that answer showed, 0 to 1 (offer_confidence).';
COMMENT ON COLUMN analytics.freshness.expected_prices_current_share IS 'The same for their prices.';
