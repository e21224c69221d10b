-- Purpose: the stored answers that are not in the catalog yet, oldest first.
-- Params:  $1 int how many; $2 double precision only those stored longer ago than this, in ms
-- Returns: the columns of a stored answer
SELECT raw_id, call_id, run_id, window_id, request, observed_at, http_status, body, body_sha256
FROM raw.payload
WHERE loaded_at IS NULL AND stored_at <= usage.ledger_now() - $2::float8 * interval '1 ms'
ORDER BY raw_id
LIMIT $1::int;
