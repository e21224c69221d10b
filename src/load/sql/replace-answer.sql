-- Purpose: puts another body in the place of a stored answer's, from which an erased seller was taken out.
-- Params:  $1 bigint raw id; $2 bytea gzipped body; $3 int bytes of the body; $4 bytea SHA-256 of the body
-- Returns: nothing
UPDATE raw.payload
SET body = $2::bytea, body_bytes = $3::int, body_sha256 = $4::bytea, erased_at = usage.ledger_now()
WHERE raw_id = $1::bigint;
