-- Purpose: makes targets that were given up after an error due at once; not those of removed feeds only.
-- Params:  $1 text|null only those of this operation; $2 bigint|null only the one of this id
-- Returns: one row: retried (how many)
WITH offers AS (
  UPDATE sync.refresh SET not_before = NULL, failed_tries = 0
  WHERE not_before > (SELECT usage.ledger_now()) AND coalesce($1::text, 'offer.detail') = 'offer.detail'
    AND ($2::bigint IS NULL OR offer_id = $2::bigint)
    AND feed_set NOT IN (SELECT s.feed_set FROM sync.feed_set s WHERE s.feeds <@ (SELECT sync.removed_feeds()))
  RETURNING 1
),
windows AS (
  UPDATE sync.search_window SET not_before = NULL, failed_tries = 0
  WHERE not_before > (SELECT usage.ledger_now()) AND retired_at IS NULL
    AND ($1::text IS NULL
         OR $1::text = CASE WHEN kind IN ('seller', 'image') THEN 'search.' || kind ELSE 'search.keyword' END)
    AND ($2::bigint IS NULL OR window_id = $2::bigint)
    AND NOT ARRAY[feed] <@ (SELECT sync.removed_feeds())
  RETURNING 1
),
categories AS (
  UPDATE sync.category_visit SET not_before = NULL, failed_tries = 0
  WHERE not_before > (SELECT usage.ledger_now()) AND coalesce($1::text, 'category.children') = 'category.children'
    AND ($2::bigint IS NULL OR category_id = $2::bigint)
  RETURNING 1
)
SELECT ((SELECT count(*) FROM offers) + (SELECT count(*) FROM windows) + (SELECT count(*) FROM categories))::int AS retried;
