-- Purpose: the ages that the details of a run's feeds with a promised age reached over the last days.
-- Params:  $1 bigint run id
-- Returns: feed, maxAgeHours, offers, lateNow, highestHours (null: no detail yet), p95Hours, shareInTime (0 to 1)
SELECT p.feed, p.max_age_h::float8 AS "maxAgeHours", p.offers, p.late_now AS "lateNow", p.age_max_h::float8 AS "highestHours",
       p.age_p95_h::float8 AS "p95Hours", p.share_in_time::float8 AS "shareInTime"
FROM sync.run r
JOIN analytics.promised_age p ON r.feeds ? p.feed
WHERE r.run_id = $1::bigint
ORDER BY p.feed;
