-- Purpose: keeps that a process looks for something to tell.
-- Params:  none
-- Returns: nothing
INSERT INTO sync.notification_delivery (looked_at)
VALUES (usage.ledger_now())
ON CONFLICT (is_only_row) DO UPDATE SET looked_at = excluded.looked_at;
