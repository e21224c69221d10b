-- Purpose: creates the rows of category nodes that are not known yet, so that others can belong below them, and stores
--          when each was named first, whichever answer is loaded first.
-- Params:  $1 bigint[] category ids, each once; $2 timestamptz when they were named; $3 bigint call id
-- Returns: nothing
INSERT INTO catalog.category AS c (category_id, path, first_seen_at, call_id)
SELECT n.category_id, n.category_id::text, $2::timestamptz, $3::bigint
FROM unnest($1::bigint[]) AS n (category_id)
WHERE NOT EXISTS (
  SELECT FROM catalog.category k WHERE k.category_id = n.category_id AND k.first_seen_at <= $2::timestamptz
)
ORDER BY n.category_id
ON CONFLICT (category_id) DO UPDATE SET first_seen_at = least(c.first_seen_at, excluded.first_seen_at);
