-- Purpose: the newest stored answer about something. Reads backwards until it finds one: for a person who waits, not
--          for the work of a run.
-- Params:  $1 text operation; $2 jsonb what its request has, like {"offerId": "610947572360"}
-- Returns: the columns of a stored answer
SELECT raw_id, call_id, run_id, window_id, request, observed_at, http_status, body, body_sha256
FROM raw.payload
WHERE operation = $1::text AND request @> $2::jsonb
ORDER BY raw_id DESC
LIMIT 1;
