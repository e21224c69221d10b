-- Purpose: writes how far the pass of a search window is, and frees the window.
-- Params:  $1 bigint window id; $2 integer next page; $3 timestamptz|null pass started at; $4 integer rows seen;
--          $5 integer|null total records; $6 timestamptz|null completed at; $7 text|null last outcome;
--          $8 bigint call id; $9 boolean the pass is steady; $10 timestamptz|null start of the newest complete pass
-- Returns: nothing
UPDATE sync.search_window
SET next_page = $2::int, pass_started_at = $3::timestamptz, rows_seen = $4::int, total_records = $5::int,
    completed_at = $6::timestamptz, last_outcome = $7::text, last_call_id = $8::bigint, is_pass_steady = $9::boolean,
    complete_since = $10::timestamptz, not_before = NULL, leased_by = NULL, leased_until = NULL
WHERE window_id = $1::bigint
  AND ((next_page, pass_started_at, rows_seen, total_records, completed_at, last_outcome, is_pass_steady,
        complete_since)
       IS DISTINCT FROM ($2::int, $3::timestamptz, $4::int, $5::int, $6::timestamptz, $7::text, $9::boolean,
                         $10::timestamptz)
       OR leased_by IS NOT NULL OR leased_until IS NOT NULL OR not_before IS NOT NULL);
