-- Purpose: asks the ledger for one call; usage.reserve decides.
-- Params:  $1 text app key; $2 text api; $3 text operation; $4 jsonb request; $5 bytea request hash; $6 text lane;
--          $7 bigint run id; $8 text job id; $9 bigint search window id; $10 double precision freshness age in ms;
--          $11 double precision send within ms; $12 double precision longest call in ms; $13 boolean exempt
-- Returns: one row; which columns are set depends on kind, see usage.reserve
SELECT r.kind, r.call_id, r.observed_at, r.send_after_ms, r.denied_by, r.retry_after_ms::float8,
       (r.answer).raw_id AS answer_raw_id, (r.answer).call_id AS answer_call_id, (r.answer).run_id AS answer_run_id,
       (r.answer).window_id AS answer_window_id, (r.answer).request AS answer_request,
       (r.answer).observed_at AS answer_observed_at, (r.answer).http_status AS answer_http_status,
       (r.answer).body AS answer_body, (r.answer).body_sha256 AS answer_body_sha256
FROM usage.reserve($1::text, $2::text, $3::text, $4::jsonb, $5::bytea, $6::text, $7::bigint, $8::text, $9::bigint,
                   $10::float8 * interval '1 ms', $11::float8 * interval '1 ms', $12::float8 * interval '1 ms',
                   $13::boolean) r;
