-- Purpose: the next stored answers that may tell of a seller, in the order of their ids.
-- Params:  $1 bigint raw id after which; $2 int how many
-- Returns: raw_id, operation, request, body, body_sha256
SELECT raw_id, operation, request, body, body_sha256
FROM raw.payload
WHERE raw_id > $1::bigint AND operation NOT IN ('category.children', 'image.upload')
ORDER BY raw_id
LIMIT $2::int;
