-- Purpose: some stored answers, as far as they are there.
-- Params:  $1 bigint[] raw ids
-- Returns: raw_id, operation, request, body, body_sha256
SELECT raw_id, operation, request, body, body_sha256
FROM raw.payload
WHERE raw_id = ANY ($1::bigint[]);
