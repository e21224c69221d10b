-- Purpose: the ages that the details of feeds with a promised age reached over the last 7 days. An offer of several
--          feeds counts in each. An age ends at the next detail answer, or now. An age that began before the 7 days
--          counts in full as an age; of its time, only the part within the 7 days counts.
CREATE VIEW analytics.promised_age AS
WITH member AS (
  SELECT f.feed, f.max_age, r.offer_id, r.detail_at, k.now, k.now - interval '168 hours' AS since
  FROM sync.feed f
  JOIN sync.feed_set s ON f.feed = ANY (s.feeds)
  JOIN sync.refresh r ON r.feed_set = s.feed_set AND r.bucket IS NOT NULL
  CROSS JOIN analytics.clock k
  WHERE f.max_age IS NOT NULL
),
-- By index, one offer at a time. Of the details before these days, only the newest is read.
detail AS (
  SELECT m.feed, m.max_age, m.offer_id, m.now, m.since, d.at
  FROM member m
  CROSS JOIN LATERAL (
    SELECT o.observed_at AS at
    FROM catalog.observation o
    WHERE o.offer_id = m.offer_id AND o.source = 'detail' AND o.observed_at > m.since
    UNION ALL
    SELECT CASE
      WHEN m.detail_at <= m.since THEN m.detail_at
      ELSE (SELECT max(o.observed_at) FROM catalog.observation o
            WHERE o.offer_id = m.offer_id AND o.source = 'detail' AND o.observed_at <= m.since)
    END
  ) d
  WHERE d.at IS NOT NULL
),
reached AS (
  SELECT feed, max_age, at, greatest(at, since) AS starts_at,
         coalesce(lead(at) OVER (PARTITION BY feed, offer_id ORDER BY at), now) AS ends_at
  FROM detail
),
past AS (
  SELECT feed, (extract(epoch FROM max(ends_at - at)) / 3600)::numeric(14, 2) AS age_max_h,
         (extract(epoch FROM percentile_disc(0.95) WITHIN GROUP (ORDER BY ends_at - at)) / 3600)::numeric(14, 2) AS age_p95_h,
         (sum(greatest(0, extract(epoch FROM least(ends_at, at + max_age) - starts_at)))
           / nullif(sum(extract(epoch FROM ends_at - starts_at)), 0))::numeric(5, 4) AS share_in_time
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

COMMENT ON VIEW analytics.promised_age IS 'Ages that the details of a feed with max_age reached over the last 7 days. Offers that are gone are left out.';
COMMENT ON COLUMN analytics.promised_age.feed IS 'Feed of catalog-sync.yaml.';
COMMENT ON COLUMN analytics.promised_age.max_age_h IS 'Maximum age of details, in hours, as of the feed''s newest run.';
COMMENT ON COLUMN analytics.promised_age.offers IS 'Offers of the feed.';
COMMENT ON COLUMN analytics.promised_age.late_now IS 'Offers whose detail is older than max_age_h now, or that have none yet.';
COMMENT ON COLUMN analytics.promised_age.age_max_h IS 'Highest age of a detail, in hours, when the next one came or now; the age may have begun before the 7 days.';
COMMENT ON COLUMN analytics.promised_age.age_p95_h IS '95 % of the details reached at most this age, in hours.';
COMMENT ON COLUMN analytics.promised_age.share_in_time IS 'Share of the 7 days, 0 to 1, in which details were no older than max_age, counted from the first detail of each offer.';
