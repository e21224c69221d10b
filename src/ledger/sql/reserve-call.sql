-- Purpose: asks the ledger for one call; usage.reserve decides.
-- Params:  $1 text app key; $2 text api; $3 text operation; $4 jsonb request; $5 bytea request hash; $6 text lane;
--          $7 bigint run id; $8 text job id; $9 bigint search window id; $10 double precision freshness age in ms;
--          $11 double precision send within ms; $12 double precision longest call in ms; $13 boolean exempt; $14 bytea hash of the access token, or null
-- Returns: one row: kind; what is set depends on it, see usage.reserve: callId, observedAt, sendAfterMs, deniedBy,
--          retryAfterMs; of a stored answer rawId, answerCallId, runId, windowId, request, answerObservedAt, httpStatus,
--          body, bodySha256
SELECT r.kind, r.call_id AS "callId", r.observed_at AS "observedAt", r.send_after_ms AS "sendAfterMs",
       r.denied_by AS "deniedBy", r.retry_after_ms::float8 AS "retryAfterMs",
       (r.answer).raw_id AS "rawId", (r.answer).call_id AS "answerCallId", (r.answer).run_id AS "runId",
       (r.answer).window_id AS "windowId", (r.answer).request, (r.answer).observed_at AS "answerObservedAt",
       (r.answer).http_status AS "httpStatus", (r.answer).body, (r.answer).body_sha256 AS "bodySha256"
FROM usage.reserve($1::text, $2::text, $3::text, $4::jsonb, $5::bytea, $6::text, $7::bigint, $8::text, $9::bigint,
                   $10::float8 * interval '1 ms', $11::float8 * interval '1 ms', $12::float8 * interval '1 ms',
                   $13::boolean, $14::bytea) r;
