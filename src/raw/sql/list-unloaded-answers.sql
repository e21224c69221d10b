-- Purpose: the stored answers that are not in the catalog yet, oldest first.
-- Params:  $1 int how many; $2 double precision only those stored longer ago than this, in ms
-- Returns: of a stored answer: rawId, callId, runId, windowId, request, observedAt, httpStatus, body (gzipped), bodySha256
SELECT raw_id AS "rawId", call_id AS "callId", run_id AS "runId", window_id AS "windowId", request,
       observed_at AS "observedAt", http_status AS "httpStatus", body, body_sha256 AS "bodySha256"
FROM raw.payload
WHERE loaded_at IS NULL AND stored_at <= usage.ledger_now() - $2::float8 * interval '1 ms'
ORDER BY raw_id
LIMIT $1::int;
