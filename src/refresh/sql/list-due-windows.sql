-- Purpose: the search windows of some feeds whose next page is due (a pass under way, or a last pass that is older than
--          the freshness age), and those that the run has taken, with what is known of their worth.
-- Params:  $1 bigint run id; $2 text[] feeds; $3 double precision freshness age in ms; $4 text[] kinds of windows
-- Returns: window_id, kind, feed, next_page, is_free (nobody has taken it), pages_left (at least 1), age_days (null: never
--          completed), pages, soon_value, late_value, new_offers, exposure_days (null: nothing known)
SELECT w.window_id, w.kind, w.feed, w.next_page,
       w.leased_until IS NULL OR w.leased_until <= c.now OR r.run_id IS NULL AS is_free,
       CASE WHEN w.is_split THEN 1
            ELSE greatest(1, least(ceil(least(coalesce(w.total_records, 2000), 2000) / 50.0), coalesce(w.max_pages, 40))
                             - w.next_page + 1)::int END AS pages_left,
       (date_part('epoch', c.now - w.completed_at) / 86400)::real AS age_days,
       v.pages, v.soon_value, v.late_value, v.new_offers, v.exposure_days
FROM sync.search_window w
CROSS JOIN (SELECT usage.ledger_now() AS now OFFSET 0) c
LEFT JOIN sync.window_value v USING (window_id)
-- A lease is worth nothing once its run has ended.
LEFT JOIN sync.run r ON r.run_id = w.leased_by AND r.status IN ('queued', 'running')
WHERE w.feed = ANY ($2::text[])
  AND w.kind = ANY ($4::text[])
  AND w.retired_at IS NULL
  AND (w.pass_started_at IS NOT NULL OR w.completed_at IS NULL
    OR w.completed_at <= c.now - $3::float8 * interval '1 ms')
  AND (w.not_before IS NULL OR w.not_before <= c.now)
  AND (w.leased_until IS NULL OR w.leased_until <= c.now OR r.run_id IS NULL OR w.leased_by = $1::bigint)
ORDER BY w.window_id;
