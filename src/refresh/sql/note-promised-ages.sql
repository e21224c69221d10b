-- Purpose: keeps the ages that the sync file promises for the details of some feeds.
-- Params:  $1 jsonb [{"name": text, "maxAgeMs": float (null or absent: none)}]
-- Returns: nothing
UPDATE sync.feed f
SET max_age = n."maxAgeMs" * interval '1 ms'
FROM jsonb_to_recordset($1::jsonb) AS n (name text, "maxAgeMs" float8)
WHERE f.feed = n.name
  AND f.max_age IS DISTINCT FROM n."maxAgeMs" * interval '1 ms';
