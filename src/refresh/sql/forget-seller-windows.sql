-- Purpose: takes a seller's id out of the search windows that looked for its offers, and ends them for good.
-- Params:  $1 text seller id
-- Returns: nothing
UPDATE sync.search_window
SET seller_id = 'erased-' || window_id, retired_at = coalesce(retired_at, usage.ledger_now()), leased_by = NULL,
    leased_until = NULL
WHERE seller_id = $1::text;
