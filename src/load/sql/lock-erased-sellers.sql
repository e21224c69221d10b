-- Purpose: excludes loads that bring sellers from the erasure of a seller, and vice versa, until the end of the
--          transaction.
-- Params:  $1 boolean: a load, which goes beside others; otherwise an erasure, which goes alone
-- Returns: nothing of use
SELECT sync.lock_table('sync.erased_seller', CASE WHEN $1::boolean THEN 'ROW SHARE' ELSE 'EXCLUSIVE' END, 5000)::text AS locked;
