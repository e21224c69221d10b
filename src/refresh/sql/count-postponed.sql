-- Purpose: the targets of some feeds that could not be fetched for a reason that may pass, and that wait for their next
--          try.
-- Params:  $1 text[] feeds; $2 boolean whether they have categories
-- Returns: one row: targets (how many), nextTryAt (of the first; null: there are none)
SELECT count(*)::int AS targets, min(t.not_before) AS "nextTryAt"
FROM (
  SELECT r.not_before FROM sync.refresh r
  WHERE r.not_before > (SELECT usage.ledger_now()) AND r.failed_tries > 0
    AND r.feed_set IN (SELECT s.feed_set FROM sync.feed_set s WHERE s.feeds && $1::text[])
  UNION ALL
  SELECT w.not_before FROM sync.search_window w
  WHERE w.not_before > (SELECT usage.ledger_now()) AND w.failed_tries > 0 AND w.feed = ANY ($1::text[]) AND w.retired_at IS NULL
  UNION ALL
  SELECT v.not_before FROM sync.category_visit v
  WHERE v.not_before > (SELECT usage.ledger_now()) AND v.failed_tries > 0 AND $2::boolean
) t;
