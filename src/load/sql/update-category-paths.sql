-- Purpose: writes the paths of category nodes whose place or level changed, and of all below them; for nodes whose
--          level no answer states, also the level that follows from the nearest node above that has one.
-- Params:  $1 bigint[] category ids
-- Returns: nothing
WITH RECURSIVE affected (category_id) AS (
  SELECT unnest($1::bigint[])
  UNION
  SELECT c.category_id FROM affected a JOIN catalog.category c ON c.parent_id = a.category_id
),
node AS (
  SELECT category_id, parent_id,
         CASE WHEN level_seen_at IS NOT NULL THEN level
              WHEN parent_id IS NULL AND parent_seen_at IS NOT NULL THEN 1 END AS level
  FROM catalog.category
),
climb (start_id, category_id, parent_id, level, steps, path) AS (
  SELECT n.category_id, n.category_id, n.parent_id, n.level, 0, n.category_id::text
  FROM affected a
  JOIN node n USING (category_id)
  UNION ALL
  SELECT u.start_id, p.category_id, p.parent_id, p.level, u.steps + 1, p.category_id || '/' || u.path
  FROM climb u
  JOIN node p ON p.category_id = u.parent_id
)
-- Merges never create a cycle. One that somebody wrote by hand must not keep this from ending.
CYCLE category_id SET is_cycle USING visited,
place AS (
  SELECT start_id, (array_agg(path ORDER BY steps DESC))[1] AS path,
         (array_agg(level + steps ORDER BY steps) FILTER (WHERE level IS NOT NULL))[1] AS level
  FROM climb
  WHERE NOT is_cycle
  GROUP BY start_id
)
UPDATE catalog.category c
SET path = p.path, level = p.level
FROM place p
WHERE c.category_id = p.start_id AND (c.path <> p.path OR c.level IS DISTINCT FROM p.level);
