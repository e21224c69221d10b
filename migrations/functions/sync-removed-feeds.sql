-- Purpose: the feeds that the sync file no longer has, as its runs show: a run of all feeds has ended since any run had them.
-- Params:  none
-- Returns: text[]: their names, in order
--
-- Another sync file on the same database removes none: no process works by the one that has the feed, and the two did not
-- take turns before.
CREATE OR REPLACE FUNCTION sync.removed_feeds() RETURNS text[] LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  WITH newest AS MATERIALIZED (
    SELECT run_id, scope, status, feeds, sync_file_hash, ended_at
    FROM sync.run
    ORDER BY run_id DESC
    -- As for the health issues of runs.
    LIMIT 200
  ),
  last_run AS (
    SELECT f.feed, max(n.run_id) AS run_id
    FROM newest n CROSS JOIN LATERAL jsonb_array_elements_text(n.feeds) f (feed)
    GROUP BY f.feed
  )
  SELECT coalesce(array_agg(l.feed ORDER BY l.feed COLLATE "C"), '{}')
  FROM last_run l
  JOIN newest r USING (run_id)
  WHERE EXISTS (
      SELECT FROM newest later
      WHERE later.run_id > r.run_id AND later.scope = 'all' AND later.ended_at IS NOT NULL AND later.status <> 'cancelled'
        AND NOT EXISTS (
          SELECT FROM newest before
          JOIN newest own ON own.sync_file_hash = r.sync_file_hash AND own.run_id < before.run_id
          WHERE before.sync_file_hash = later.sync_file_hash AND before.run_id < r.run_id
        )
    )
    AND NOT EXISTS (
      SELECT FROM sync.worker w
      WHERE w.sync_file_hash = r.sync_file_hash AND w.heartbeat_at > clock_timestamp() - interval '1 minute'
    )
$$;
