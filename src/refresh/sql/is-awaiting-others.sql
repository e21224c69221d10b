-- Purpose: whether another active run has leased a target of some feeds: until that run is done with it, these feeds
--          cannot be complete.
-- Params:  $1 bigint run id; $2 text[] feeds
-- Returns: isAwaiting
WITH other AS MATERIALIZED (
  SELECT run_id FROM sync.run WHERE status IN ('queued', 'running') AND run_id <> $1::bigint
)
SELECT EXISTS (
  SELECT FROM sync.category_visit v JOIN other ON run_id = v.leased_by
  WHERE v.leased_until > usage.ledger_now()
) OR EXISTS (
  SELECT FROM sync.search_window w JOIN other ON run_id = w.leased_by
  WHERE w.leased_until > usage.ledger_now() AND w.feed = ANY ($2::text[])
) OR EXISTS (
  SELECT FROM sync.refresh r JOIN other ON run_id = r.leased_by
  WHERE r.leased_until > usage.ledger_now()
    AND r.feed_set IN (SELECT feed_set FROM sync.feed_set WHERE feeds && $2::text[])
) AS "isAwaiting";
