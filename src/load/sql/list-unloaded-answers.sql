-- Purpose: the stored answers that are not in the catalog yet, oldest first.
-- Params:  $1 int how many
-- Returns: the columns of a stored answer
SELECT raw_id, call_id, run_id, window_id, request, observed_at, http_status, body, body_sha256
FROM raw.payload
WHERE loaded_at IS NULL
ORDER BY raw_id
LIMIT $1::int;
