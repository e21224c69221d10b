-- Purpose: the ledger's now, by a view: whoever may read the catalog may ask it, and not the ledger itself.
-- Params:  none
-- Returns: one row: now (timestamptz)
SELECT now FROM analytics.clock;
