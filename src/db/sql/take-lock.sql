-- Purpose: takes a lock of the product until the end of the transaction.
-- Params:  $1 text: its table; $2 int: how long to wait, in milliseconds; 0: not at all
-- Returns: one row: is_taken
SELECT sync.lock_table($1::text::regclass, 'SHARE UPDATE EXCLUSIVE', $2::int) AS is_taken;
