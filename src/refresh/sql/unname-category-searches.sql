-- Purpose: ends all searches that have the name of their category as keyword, because 1688 answered one without a
--          keyword. From then on searches of categories are created without one (ensure-search-windows.sql).
-- Params:  none
-- Returns: nothing
UPDATE sync.search_window
SET retired_at = usage.ledger_now(), is_split = false, leased_by = NULL, leased_until = NULL
WHERE kind = 'keyword' AND category_id <> 0 AND retired_at IS NULL;
