-- Purpose: takes a lock of the product until the end of the transaction.
-- Params:  $1 text: its table; $2 bigint: the key of the advisory lock that the release before takes instead; $3 int: how long to
--          wait, in milliseconds; 0: not at all
-- Returns: one row: is_taken
SELECT CASE
         WHEN sync.lock_table($1::text::regclass, 'SHARE UPDATE EXCLUSIVE', $3::int)
         THEN sync.await_old_lock($1::text, $2::bigint, false, $3::int)
         ELSE false
       END AS is_taken;
