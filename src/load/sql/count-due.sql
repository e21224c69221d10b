-- Purpose: how many calls some feeds would need right now: offers whose details are due, and windows whose next
--          page is. An estimate for progress lines: pages behind the next one are not known yet.
-- Params:  $1 text[] feeds; $2 double precision search age in ms; $3 double precision detail age in ms
-- Returns: due
SELECT (
  SELECT count(*)
  FROM sync.refresh s
  WHERE (s.detail_at IS NULL OR s.detail_at < s.absent_at
         OR s.detail_at <= usage.ledger_now() - $3::float8 * interval '1 ms')
    AND s.empty_looks < 2
    AND EXISTS (
      SELECT FROM sync.window_offer o
      JOIN sync.search_window w USING (window_id)
      WHERE o.offer_id = s.offer_id AND w.feed = ANY ($1::text[]) AND w.retired_at IS NULL
    )
) + (
  SELECT count(*)
  FROM sync.search_window w
  WHERE w.feed = ANY ($1::text[])
    AND w.retired_at IS NULL
    AND (
      w.pass_started_at IS NOT NULL
      OR w.completed_at IS NULL
      OR w.completed_at <= usage.ledger_now() - $2::float8 * interval '1 ms'
    )
) AS due;
