-- Purpose: writes the paths of category nodes that hang elsewhere now, and of all below them.
-- Params:  $1 bigint[] category ids
-- Returns: nothing
WITH RECURSIVE affected (category_id) AS (
  SELECT unnest($1::bigint[])
  UNION
  SELECT c.category_id FROM affected a JOIN catalog.category c ON c.parent_id = a.category_id
),
climb (start_id, category_id, parent_id, path) AS (
  SELECT c.category_id, c.category_id, c.parent_id, c.category_id::text
  FROM affected a
  JOIN catalog.category c USING (category_id)
  UNION ALL
  SELECT u.start_id, p.category_id, p.parent_id, p.category_id || '/' || u.path
  FROM climb u
  JOIN catalog.category p ON p.category_id = u.parent_id
)
-- Answers of different days can contradict each other: A below B and B below A.
CYCLE category_id SET is_cycle USING visited,
topmost AS (
  SELECT DISTINCT ON (start_id) start_id, path FROM climb WHERE NOT is_cycle ORDER BY start_id, length(path) DESC
)
UPDATE catalog.category c
SET path = t.path
FROM topmost t
WHERE c.category_id = t.start_id AND c.path <> t.path;
