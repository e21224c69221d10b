-- Purpose: whether another active run has taken something that some feeds reach: until it is done with it, nobody
--          can say that these feeds are complete.
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
