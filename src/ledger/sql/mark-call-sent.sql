-- Purpose: says that the bytes of a call may leave now.
-- Params:  $1 bigint call id
-- Returns: one row: maySend, false when the sweeper has refunded it
SELECT usage.mark_sent($1::bigint) AS "maySend";
