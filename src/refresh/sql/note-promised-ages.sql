-- Purpose: stores the ages that the sync file promises for the details of its feeds. A feed that is not in the file any
--          more promises none.
-- Params:  $1 jsonb [{"name": text, "maxAgeMs": float (null or absent: none)}]: all feeds of the file
-- Returns: nothing
UPDATE sync.feed f
SET max_age = n.max_age
FROM (
  SELECT k.feed, g."maxAgeMs" * interval '1 ms' AS max_age
  FROM sync.feed k
  LEFT JOIN jsonb_to_recordset($1::jsonb) AS g (name text, "maxAgeMs" float8) ON g.name = k.feed
) n
WHERE n.feed = f.feed AND f.max_age IS DISTINCT FROM n.max_age;
