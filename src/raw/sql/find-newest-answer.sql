-- Purpose: the newest stored answer about something. Reads backwards until it finds one: for a person who waits, not
--          for the work of a run.
-- Params:  $1 text operation; $2 jsonb what its request has, like {"offerId": "610947572360"}
-- Returns: of a stored answer: rawId, callId, runId, windowId, request, observedAt, httpStatus, body (gzipped), bodySha256
SELECT raw_id AS "rawId", call_id AS "callId", run_id AS "runId", window_id AS "windowId", request,
       observed_at AS "observedAt", http_status AS "httpStatus", body, body_sha256 AS "bodySha256"
FROM raw.payload
WHERE operation = $1::text AND request @> $2::jsonb
ORDER BY raw_id DESC
LIMIT 1;
