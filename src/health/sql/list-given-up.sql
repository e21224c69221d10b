-- Purpose: targets that could not be fetched and wait for their next try; not those of removed feeds only.
-- Params:  $1 integer how many; $2 text|null only those of this operation; $3 text|null only the one of this id
-- Returns: operation, kind (detail, category, or the kind of a search), id, name, code (why), failedTries (how often in a row
--          for a reason that may pass), notBefore, ofOperation and ofAll (how many of its operation, and of all that were asked for,
--          wait); the soonest first
SELECT operation, kind, id, name, failure_code AS code, failed_tries::int AS "failedTries", not_before AS "notBefore",
       count(*) OVER (PARTITION BY operation)::int AS "ofOperation", count(*) OVER ()::int AS "ofAll"
FROM (
  SELECT 'offer.detail' AS operation, 'detail' AS kind, r.offer_id::text AS id, o.subject AS name, r.failure_code,
         r.failed_tries, r.not_before
  FROM sync.refresh r
  LEFT JOIN catalog.offer o USING (offer_id)
  WHERE r.not_before > (SELECT usage.ledger_now())
    AND r.feed_set NOT IN (SELECT s.feed_set FROM sync.feed_set s WHERE s.feeds <@ (SELECT sync.removed_feeds()))
  UNION ALL
  SELECT 'category.children', 'category', v.category_id::text, c.name_zh, v.failure_code, v.failed_tries, v.not_before
  FROM sync.category_visit v
  LEFT JOIN catalog.category c USING (category_id)
  WHERE v.not_before > (SELECT usage.ledger_now())
  UNION ALL
  SELECT CASE WHEN kind IN ('seller', 'image') THEN 'search.' || kind ELSE 'search.keyword' END, kind, window_id::text,
         concat_ws(' ', nullif(feed, ''), nullif(keyword, ''), nullif(category_id, 0), nullif(seller_id, '')), failure_code, failed_tries,
         not_before
  FROM sync.search_window
  WHERE not_before > (SELECT usage.ledger_now()) AND retired_at IS NULL
    AND NOT ARRAY[feed] <@ (SELECT sync.removed_feeds())
) t
WHERE ($2::text IS NULL OR operation = $2::text) AND ($3::text IS NULL OR id = $3::text)
ORDER BY not_before, operation, id
LIMIT $1::int;
