-- Purpose: one stored answer.
-- Params:  $1 bigint raw id
-- Returns: the columns of a stored answer
SELECT raw_id, call_id, run_id, window_id, request, observed_at, http_status, body, body_sha256
FROM raw.payload
WHERE raw_id = $1::bigint;
