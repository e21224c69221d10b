-- Purpose: the stored answers of some calls; those that are not kept any more are left out.
-- Params:  $1 bigint[] call ids
-- Returns: of a stored answer: rawId, callId, runId, windowId, request, observedAt, httpStatus, body (gzipped), bodySha256
SELECT raw_id AS "rawId", call_id AS "callId", run_id AS "runId", window_id AS "windowId", request,
       observed_at AS "observedAt", http_status AS "httpStatus", body, body_sha256 AS "bodySha256"
FROM raw.payload
WHERE call_id = ANY ($1::bigint[]);
