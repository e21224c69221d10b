-- Purpose: the number of category nodes that some feeds need, by level, and how many of them were never visited or are
--          due. Postponed nodes are not due.
-- Params:  $1 jsonb [{"name": text, "categories": [bigint]}] feeds; $2 double precision freshness age in ms
-- Returns: feed, level (0 = the root of the whole tree), nodes, unvisited, due
WITH RECURSIVE reach (feed, category_id, is_root) AS (
  SELECT f.name, unnest(f.categories), true FROM jsonb_to_recordset($1::jsonb) AS f (name text, categories bigint[])
  UNION
  SELECT r.feed, c.category_id, false
  FROM reach r
  JOIN catalog.category c ON coalesce(c.parent_id, 0) = r.category_id
  WHERE NOT c.is_retired
)
SELECT r.feed, coalesce(c.level, CASE WHEN r.category_id = 0 THEN 0 ELSE 1 END)::int AS level, count(*)::int AS nodes,
       (count(*) FILTER (WHERE v.visited_at IS NULL))::int AS unvisited,
       (count(*) FILTER (WHERE (v.visited_at IS NULL
                             OR v.visited_at <= (SELECT usage.ledger_now()) - $2::float8 * interval '1 ms')
                            AND (v.not_before IS NULL OR v.not_before <= (SELECT usage.ledger_now()))))::int AS due
FROM (SELECT feed, category_id, bool_or(is_root) AS is_root FROM reach GROUP BY feed, category_id) r
LEFT JOIN catalog.category c USING (category_id)
LEFT JOIN sync.category_visit v USING (category_id)
WHERE r.is_root OR c.is_leaf IS DISTINCT FROM true
GROUP BY 1, 2
ORDER BY 1, 2;
