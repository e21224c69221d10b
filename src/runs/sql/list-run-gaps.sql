-- Purpose: how far apart the runs of some feeds began over the last 26 hours. Reads the newest 2,000 runs at most.
-- Params:  $1 text[] feeds
-- Returns: feed; longestMs (of all from one begin to the next; no row: fewer than two began)
SELECT f.feed, max(f.gap_ms)::float8 AS "longestMs"
FROM (
  SELECT n.feed, extract(epoch FROM r.started_at - lag(r.started_at) OVER (PARTITION BY n.feed ORDER BY r.started_at)) * 1000 AS gap_ms
  FROM (SELECT feeds, started_at FROM sync.run ORDER BY run_id DESC LIMIT 2000) r
  JOIN unnest($1::text[]) AS n (feed) ON r.feeds ? n.feed
  WHERE r.started_at > (SELECT usage.ledger_now()) - interval '26 hours'
) f
WHERE f.gap_ms IS NOT NULL
GROUP BY f.feed;
