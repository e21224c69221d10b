-- Purpose: which ages the details of feeds with a promised age reached over the last 7 days. An offer of several feeds counts in
--          each. An age is reached at the next detail answer, or now; one that began earlier than the promised age before these
--          days does not count unless it lasts until now.
CREATE VIEW analytics.promised_age AS
WITH member AS (
  SELECT f.feed, f.max_age, r.offer_id, r.detail_at, k.now
  FROM sync.feed f
  JOIN sync.feed_set s ON f.feed = ANY (s.feeds)
  JOIN sync.refresh r ON r.feed_set = s.feed_set AND r.bucket IS NOT NULL
  CROSS JOIN analytics.clock k
  WHERE f.max_age IS NOT NULL
),
reached AS (
  SELECT m.feed, m.max_age,
         coalesce(lead(o.observed_at) OVER (PARTITION BY m.feed, m.offer_id ORDER BY o.observed_at), m.now) - o.observed_at AS age
  FROM member m
  JOIN catalog.observation o ON o.offer_id = m.offer_id
  WHERE o.source = 'detail' AND o.observed_at > m.now - interval '168 hours' - m.max_age
  UNION ALL
  SELECT m.feed, m.max_age, m.now - m.detail_at
  FROM member m
  WHERE m.detail_at <= m.now - interval '168 hours' - m.max_age
),
past AS (
  SELECT feed, (extract(epoch FROM max(age)) / 3600)::numeric(14, 2) AS age_max_h,
         (extract(epoch FROM percentile_disc(0.95) WITHIN GROUP (ORDER BY age)) / 3600)::numeric(14, 2) AS age_p95_h,
         (sum(extract(epoch FROM least(age, max_age))) / nullif(sum(extract(epoch FROM age)), 0))::numeric(5, 4) AS share_in_time
  FROM reached
  GROUP BY feed
),
present AS (
  SELECT feed, max_age, count(*)::int AS offers,
         count(*) FILTER (WHERE detail_at IS NULL OR now - detail_at > max_age)::int AS late_now
  FROM member
  GROUP BY feed, max_age
)
SELECT p.feed, (extract(epoch FROM p.max_age) / 3600)::numeric(14, 2) AS max_age_h, p.offers, p.late_now, t.age_max_h, t.age_p95_h, t.share_in_time
FROM present p
LEFT JOIN past t USING (feed);

COMMENT ON VIEW analytics.promised_age IS 'Which ages the details of a feed with max_age reached over the last 7 days. Without the offers that are gone.';
COMMENT ON COLUMN analytics.promised_age.feed IS 'Feed of catalog-sync.yaml.';
COMMENT ON COLUMN analytics.promised_age.max_age_h IS 'Age that no detail is to pass, in hours, as of its newest run.';
COMMENT ON COLUMN analytics.promised_age.offers IS 'Offers of the feed.';
COMMENT ON COLUMN analytics.promised_age.late_now IS 'Those whose detail is older than that now, or that have none yet.';
COMMENT ON COLUMN analytics.promised_age.age_max_h IS 'The highest age that a detail reached, in hours.';
COMMENT ON COLUMN analytics.promised_age.age_p95_h IS 'Of 20 details, 19 reached this age at most, in hours.';
COMMENT ON COLUMN analytics.promised_age.share_in_time IS 'Share of the time in which details were no older than max_age, 0 to 1, from the first detail of each offer on.';
