-- Purpose: keeps everybody from a table until the end of the transaction, so that it can be dropped.
-- Params:  $1 text: its name, quoted where SQL needs it; $2 int: how long to wait, in milliseconds
-- Returns: nothing of use
SELECT sync.lock_table($1::text::regclass, 'ACCESS EXCLUSIVE', $2::int)::text AS locked;
