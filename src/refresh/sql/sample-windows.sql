-- Purpose: the search windows of some feeds, as far as the forecast needs them; a sample if there are very many of one
--          kind.
-- Params:  $1 text[] feeds; $2 integer how many of a feed and kind at most
-- Returns: feed, kind, term, label, windows (how many it represents), pages (null: never asked), nextPage, ageDays (null: never
--          passed), isPostponed, reach, mayStop, worth ({pages, soonValue, lateValue, newOffers, exposureDays}; null: nothing
--          learned)
SELECT w.feed, w.kind, w.term, coalesce(c.name_translated, c.name_zh, w.term) AS label,
       (w.all_windows / least(w.all_windows, $2::int)::float8) AS windows,
       CASE WHEN w.is_split THEN 1
            WHEN w.total_records IS NOT NULL
            THEN greatest(1, least(ceil(least(w.total_records, 2000) / 50.0), coalesce(w.max_pages, 40)))::int END AS pages,
       w.next_page AS "nextPage",
       CASE WHEN w.completed_at IS NOT NULL
            THEN greatest(0, extract(epoch FROM (SELECT usage.ledger_now()) - w.completed_at)::float8 / 86400) END AS "ageDays",
       coalesce(w.not_before > (SELECT usage.ledger_now()), false) AS "isPostponed", w.last_reach AS reach,
       w.parent_window_id IS NULL AND NOT w.is_split
         AND coalesce(w.last_outcome IN ('complete', 'unproven', 'capped', 'short', 'max_pages'), false) AS "mayStop",
       CASE WHEN v.window_id IS NOT NULL
            THEN json_build_object('pages', v.pages, 'soonValue', v.soon_value, 'lateValue', v.late_value,
                                   'newOffers', v.new_offers, 'exposureDays', v.exposure_days) END AS worth
FROM (
  SELECT s.*, coalesce(nullif(s.keyword, ''), nullif(s.seller_id, ''), nullif(s.image, ''), s.category_id::text) AS term,
         count(*) OVER kind AS all_windows,
         row_number() OVER (PARTITION BY s.feed, s.kind ORDER BY hashint8(s.window_id)) AS place
  FROM sync.search_window s
  WHERE s.feed = ANY ($1::text[]) AND s.retired_at IS NULL
  WINDOW kind AS (PARTITION BY s.feed, s.kind)
) w
LEFT JOIN sync.window_value v USING (window_id)
LEFT JOIN catalog.category c ON w.kind = 'category' AND c.category_id = w.category_id
WHERE w.place <= $2::int
ORDER BY w.window_id;
