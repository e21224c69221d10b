-- Purpose: the windows of shops that seem to have repriced, have offers in some sets of feeds, and whose list was not
--          read since then, nor within the freshness age; and those that the run has taken. With the basis of the value
--          of their pages: up to 50 offers of the shop in those sets, chosen independently of their prices.
-- Params:  $1 bigint run id; $2 int[] sets of feeds; $3 double precision freshness age in ms; $4 double precision the least
--          log-odds; $5 double precision how long a shop is suspected, in ms; $6 text language; $7 integer how many shops, the most
--          likely first
-- Returns: windowId, page (1), kind (seller), feed (empty), isFree (it has no lease), pagesLeft (1), ageDays (null: never read),
--          shop ({fromDay, seenDay (days from now, below 0), logOdds, listed (of the offers of the page, how many each of
--          `offers` stands for), offers ([{feedSet, popularity, changes, days, summaryAgeDays, detailAgeDays, isStale}])})
SELECT w.window_id AS "windowId", 1 AS page, w.kind, w.feed,
       w.leased_until IS NULL OR w.leased_until <= c.now OR r.run_id IS NULL AS "isFree", 1 AS "pagesLeft",
       CASE WHEN w.completed_at IS NOT NULL
            THEN greatest(0, date_part('epoch', c.now - w.completed_at) / 86400)::real END AS "ageDays",
       json_build_object(
         'fromDay', date_part('epoch', s.from_at - c.now) / 86400, 'seenDay', date_part('epoch', s.seen_at - c.now) / 86400,
         'logOdds', s.log_odds,
         'listed', o.known / least(o.known, 50.0) * least(1, 50.0 / greatest(o.known, coalesce(w.total_records, 0))),
         'offers', o.offers) AS shop
FROM (SELECT usage.ledger_now() AS now OFFSET 0) c
CROSS JOIN LATERAL (
  SELECT seller_id, from_at, seen_at, log_odds
  FROM sync.shop_suspicion
  WHERE log_odds >= $4::float8 AND seen_at > c.now - $5::float8 * interval '1 ms'
) s
JOIN sync.search_window w
  ON (w.feed, w.keyword, w.category_id, w.seller_id, w.language) = ('', '', 0, s.seller_id, $6::text) AND w.retired_at IS NULL
-- A lease ends with its run.
LEFT JOIN sync.run r ON r.run_id = w.leased_by AND r.status IN ('queued', 'running')
CROSS JOIN LATERAL (
  SELECT count(*) AS known,
         json_agg(json_build_object(
           'feedSet', n.feed_set, 'popularity', n.popularity, 'changes', n.rate_changes, 'days', n.rate_days,
           'summaryAgeDays', n.summary_age, 'detailAgeDays', greatest(n.summary_age, n.detail_age), 'isStale', n.bucket < 0))
           FILTER (WHERE n.nth <= 50) AS offers
  FROM (
    SELECT f.feed_set, f.popularity, f.rate_changes, f.rate_days, f.bucket, row_number() OVER (ORDER BY f.offer_id) AS nth,
           greatest(0, date_part('epoch', c.now - coalesce(greatest(f.summary_at, f.detail_at), f.first_seen_at)) / 86400)
             AS summary_age,
           date_part('epoch', c.now - coalesce(f.detail_at, f.summary_at, f.first_seen_at)) / 86400 AS detail_age
    FROM catalog.offer o
    JOIN sync.refresh f USING (offer_id)
    WHERE o.seller_id = s.seller_id AND f.feed_set = ANY ($2::int[]) AND f.bucket IS NOT NULL
    -- The offers that the list of a shop can show.
    LIMIT 2000
  ) n
) o
WHERE o.known > 0
  AND (w.completed_at IS NULL OR w.completed_at <= c.now - $3::float8 * interval '1 ms')
  AND (w.not_before IS NULL OR w.not_before <= c.now)
  AND (w.leased_until IS NULL OR w.leased_until <= c.now OR r.run_id IS NULL OR w.leased_by = $1::bigint)
ORDER BY s.log_odds DESC, w.window_id
LIMIT $7::int;
