-- Purpose: locks offers in ascending id, with everything that belongs to them, until the transaction ends.
-- Params:  $1 bigint[] offer ids
-- Returns: offer_id, summary_at, summary_call_id, detail_at, detail_call_id, found_at, found_call_id, empty_looks,
--          absent_at, absent_call_id
SELECT offer_id, summary_at, summary_call_id, detail_at, detail_call_id, found_at, found_call_id, empty_looks, absent_at,
       absent_call_id
FROM sync.refresh
WHERE offer_id = ANY ($1::bigint[])
ORDER BY offer_id
FOR NO KEY UPDATE;
