-- Purpose: writes the progress of the pass of a search window, and ends its lease.
-- Params:  $1 jsonb {"window_id", "next_page", "pass_started_at", "is_pass_steady", "is_doubted", "rows_seen",
--          "ids_listed", "new_offers", "changed_offers", "stale_pages", "total_records", "completed_at", "last_outcome",
--          "last_reach", "last_new", "last_changed", "full_pass_at", "saved_calls", "complete_since"};
--          $2 bigint call id
-- Returns: nothing
UPDATE sync.search_window w
SET next_page = n.next_page, pass_started_at = n.pass_started_at, is_pass_steady = n.is_pass_steady,
    is_doubted = n.is_doubted, rows_seen = n.rows_seen, ids_listed = n.ids_listed, new_offers = n.new_offers,
    changed_offers = n.changed_offers, stale_pages = n.stale_pages, total_records = n.total_records,
    completed_at = n.completed_at, last_outcome = n.last_outcome, last_reach = n.last_reach, last_new = n.last_new,
    last_changed = n.last_changed, full_pass_at = n.full_pass_at, saved_calls = n.saved_calls,
    complete_since = n.complete_since, last_call_id = $2::bigint, not_before = NULL, failed_tries = 0,
    failure_code = NULL, leased_by = NULL, leased_until = NULL
FROM jsonb_populate_record(NULL::sync.search_window, $1::jsonb) n
WHERE w.window_id = n.window_id
  AND ((w.next_page, w.pass_started_at, w.is_pass_steady, w.is_doubted, w.rows_seen, w.ids_listed, w.new_offers,
        w.changed_offers, w.stale_pages, w.total_records, w.completed_at, w.last_outcome, w.last_reach, w.last_new,
        w.last_changed, w.full_pass_at, w.saved_calls, w.complete_since)
       IS DISTINCT FROM
       (n.next_page, n.pass_started_at, n.is_pass_steady, n.is_doubted, n.rows_seen, n.ids_listed, n.new_offers,
        n.changed_offers, n.stale_pages, n.total_records, n.completed_at, n.last_outcome, n.last_reach, n.last_new,
        n.last_changed, n.full_pass_at, n.saved_calls, n.complete_since)
       OR w.leased_by IS NOT NULL OR w.leased_until IS NOT NULL OR w.not_before IS NOT NULL);
