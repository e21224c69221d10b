-- Purpose: keeps that a process looks for something to tell.
-- Params:  none
-- Returns: nothing
INSERT INTO sync.notification_delivery (checked_at)
VALUES (usage.ledger_now())
ON CONFLICT (is_only_row) DO UPDATE SET checked_at = excluded.checked_at;
