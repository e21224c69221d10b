-- Purpose: removes a seller's id from the search windows of its shop, and retires them.
-- Params:  $1 text seller id
-- Returns: nothing
UPDATE sync.search_window
SET seller_id = 'erased-' || window_id, retired_at = coalesce(retired_at, usage.ledger_now()), leased_by = NULL,
    leased_until = NULL
WHERE seller_id = $1::text;
