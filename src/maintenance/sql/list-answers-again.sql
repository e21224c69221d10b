-- Purpose: stored answers of an operation that were loaded, in the order of their ids. Searches that no window asked for
--          have no place in the catalog.
-- Params:  $1 text operation; $2 bigint those after this raw id; $3 bigint those up to this one; $4 integer how many;
--          $5 timestamptz|null only those asked for since; $6 integer|null only those read by an older version than
--          this; $7 boolean only those with something in quarantine; $8 bigint|null only those that show this offer
-- Returns: of a stored answer: rawId, callId, runId, windowId, request, observedAt, httpStatus, body (gzipped), bodySha256
SELECT raw_id AS "rawId", call_id AS "callId", run_id AS "runId", window_id AS "windowId", request,
       observed_at AS "observedAt", http_status AS "httpStatus", body, body_sha256 AS "bodySha256"
FROM raw.payload p
WHERE operation = $1::text
  AND raw_id > $2::bigint
  AND raw_id <= $3::bigint
  AND loaded_at IS NOT NULL
  AND (window_id IS NOT NULL OR operation NOT LIKE 'search.%')
  AND ($5::timestamptz IS NULL OR observed_at >= $5::timestamptz)
  AND ($6::int IS NULL OR coalesce(normalizer_version, 0) < $6::int)
  AND (NOT $7::boolean OR EXISTS (SELECT FROM sync.quarantine q WHERE q.raw_id = p.raw_id))
  AND ($8::bigint IS NULL OR call_id IN (SELECT o.call_id FROM catalog.observation o WHERE o.offer_id = $8::bigint))
ORDER BY raw_id
LIMIT $4::int;
