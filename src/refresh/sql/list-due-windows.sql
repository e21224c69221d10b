-- Purpose: the search windows of some feeds whose next page is due (a pass in progress, or a last pass older than the
--          freshness age), and those that the run has taken, with what is known of their value.
-- Params:  $1 bigint run id; $2 text[] feeds; $3 double precision freshness age in ms; $4 text[] kinds of windows
-- Returns: windowId, page (the next), kind (search, seller, image), feed, isFree (it has no lease), pagesLeft (at least 1),
--          ageDays (null: never completed), worth ({pages, soonValue, lateValue, newOffers, exposureDays}; null: nothing known)
SELECT w.window_id AS "windowId", w.next_page AS page,
       CASE WHEN w.kind IN ('seller', 'image') THEN w.kind ELSE 'search' END AS kind, w.feed,
       w.leased_until IS NULL OR w.leased_until <= c.now OR r.run_id IS NULL AS "isFree",
       CASE WHEN w.is_split THEN 1
            ELSE greatest(1, least(ceil(least(coalesce(w.total_records, 2000), 2000) / 50.0), coalesce(w.max_pages, 40))
                             - w.next_page + 1)::int END AS "pagesLeft",
       CASE WHEN w.completed_at IS NOT NULL
            THEN greatest(0, date_part('epoch', c.now - w.completed_at) / 86400)::real END AS "ageDays",
       CASE WHEN v.window_id IS NOT NULL
            THEN json_build_object('pages', v.pages, 'soonValue', v.soon_value, 'lateValue', v.late_value,
                                   'newOffers', v.new_offers, 'exposureDays', v.exposure_days) END AS worth
FROM sync.search_window w
CROSS JOIN (SELECT usage.ledger_now() AS now OFFSET 0) c
LEFT JOIN sync.window_value v USING (window_id)
-- A lease ends with its run.
LEFT JOIN sync.run r ON r.run_id = w.leased_by AND r.status IN ('queued', 'running')
WHERE w.feed = ANY ($2::text[])
  AND w.kind = ANY ($4::text[])
  AND w.retired_at IS NULL
  AND (w.pass_started_at IS NOT NULL OR w.completed_at IS NULL
    OR w.completed_at <= c.now - $3::float8 * interval '1 ms')
  AND (w.not_before IS NULL OR w.not_before <= c.now)
  AND (w.leased_until IS NULL OR w.leased_until <= c.now OR r.run_id IS NULL OR w.leased_by = $1::bigint)
ORDER BY w.window_id;
