-- Purpose: how old what is known is. An offer of several feeds counts in each; ages are of offers that were looked
--          at, shares of all.
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

COMMENT ON VIEW analytics.freshness IS 'How old what is known of the offers of one feed and category is.';
COMMENT ON COLUMN analytics.freshness.feed IS 'Feed of catalog-sync.yaml that they belong to; null: none.';
COMMENT ON COLUMN analytics.freshness.category_id IS 'Category (dim_category).';
COMMENT ON COLUMN analytics.freshness.offers IS 'Offers, whatever their state.';
COMMENT ON COLUMN analytics.freshness.never_observed IS 'Those without any detail answer.';
COMMENT ON COLUMN analytics.freshness.known_stale IS 'Those of which a search has shown that the detail is out of date.';
COMMENT ON COLUMN analytics.freshness.search_age_median_h IS 'Hours since the newest search row: half of the offers have at most this.';
COMMENT ON COLUMN analytics.freshness.search_age_p90_h IS 'The same of nine in ten offers.';
COMMENT ON COLUMN analytics.freshness.detail_age_median_h IS 'Hours since the newest detail answer: half of the offers looked at have at most this.';
COMMENT ON COLUMN analytics.freshness.detail_age_p90_h IS 'The same of nine in ten offers looked at.';
COMMENT ON COLUMN analytics.freshness.detail_age_max_h IS 'The oldest.';
COMMENT ON COLUMN analytics.freshness.share_within_1d IS 'Share of all offers with a detail answer of the last 24 hours, 0 to 1.';
COMMENT ON COLUMN analytics.freshness.share_within_7d IS 'Share of all offers with a detail answer of the last 7 days, 0 to 1.';
COMMENT ON COLUMN analytics.freshness.expected_current_share IS 'Of those with a detail answer: share that is expected to be as that showed them, 0 to 1 (offer_confidence).';
COMMENT ON COLUMN analytics.freshness.expected_prices_current_share IS 'The same of their prices.';
