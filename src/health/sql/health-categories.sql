-- Purpose: categories that feeds name, and of which 1688 knew nothing when it was asked.
-- Params:  $1 bigint[] the category ids of feeds
-- Returns: categoryId, seenAt (the answer's time)
SELECT v.category_id::text AS "categoryId", v.visited_at AS "seenAt"
FROM sync.category_visit v
WHERE v.category_id = ANY ($1::bigint[]) AND v.category_id <> 0 AND v.visited_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM catalog.category c WHERE c.category_id = v.category_id)
ORDER BY v.category_id;
