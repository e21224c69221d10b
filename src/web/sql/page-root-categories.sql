-- Purpose: categories to choose from on the page of products: those of offers, and the roots.
-- Params:  $1 integer how many
-- Returns: categoryId, name, level; in the order of the tree
SELECT c.category_id::text AS "categoryId", coalesce(c.name_zh, c.category_id::text) AS name, coalesce(c.level, 1) AS level
FROM catalog.category c
WHERE c.level <= 2 AND NOT c.is_retired
ORDER BY c.path, c.category_id
LIMIT $1::int;
