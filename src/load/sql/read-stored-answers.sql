-- Purpose: some stored answers; those that are not kept any more are left out.
-- Params:  $1 bigint[] raw ids
-- Returns: the columns of a stored answer
SELECT raw_id, call_id, run_id, window_id, request, observed_at, http_status, body, body_sha256
FROM raw.payload
WHERE raw_id = ANY ($1::bigint[]);
