-- Purpose: the ledger's time, to the millisecond.
-- Params:  none
-- Returns: one row: now
SELECT usage.ledger_now() AS now;
