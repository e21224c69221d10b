-- Purpose: category nodes with their names from the root down. The path is looked up only where it is asked for.
CREATE VIEW analytics.dim_category AS
SELECT c.category_id, c.parent_id, c.level, c.name_zh, c.name_translated,
       (SELECT string_agg(coalesce(a.name_zh, a.category_id::text), ' > ' ORDER BY p.place)
        FROM unnest(c.path_ids) WITH ORDINALITY p (category_id, place)
        JOIN catalog.category a USING (category_id)) AS path_zh,
       (SELECT string_agg(coalesce(a.name_translated, a.name_zh, a.category_id::text), ' > ' ORDER BY p.place)
        FROM unnest(c.path_ids) WITH ORDINALITY p (category_id, place)
        JOIN catalog.category a USING (category_id)) AS path_translated,
       c.path_ids, c.is_leaf, c.is_retired, c.first_seen_at,
       (c.first_seen_at AT TIME ZONE 'Asia/Shanghai')::date AS first_seen_day
FROM (
  SELECT *, array_remove(string_to_array(path, '/'), '')::bigint[] AS path_ids FROM catalog.category
) c;

COMMENT ON VIEW analytics.dim_category IS 'One category node, as it is now. Key: category_id.';
COMMENT ON COLUMN analytics.dim_category.category_id IS 'Category id of 1688.';
COMMENT ON COLUMN analytics.dim_category.parent_id IS 'Node above; null for a root, and while it is not known.';
COMMENT ON COLUMN analytics.dim_category.level IS '1 for roots; null while it is not known.';
COMMENT ON COLUMN analytics.dim_category.name_zh IS 'Name in Chinese.';
COMMENT ON COLUMN analytics.dim_category.name_translated IS 'Name in the language of the sync; null: none was given.';
COMMENT ON COLUMN analytics.dim_category.path_zh IS 'Chinese names from the root down to it, joined by " > "; an id in place of a name that is not known.';
COMMENT ON COLUMN analytics.dim_category.path_translated IS 'The same in the language of the sync; a Chinese name where there is no other.';
COMMENT ON COLUMN analytics.dim_category.path_ids IS 'Ids from the root down to it: path_ids @> ARRAY[54]::bigint[] finds 54 and all below.';
COMMENT ON COLUMN analytics.dim_category.is_leaf IS 'True: offers hang on it, no nodes below; null while it is not known.';
COMMENT ON COLUMN analytics.dim_category.is_retired IS 'Marked 停用: kept by 1688, no longer used.';
COMMENT ON COLUMN analytics.dim_category.first_seen_at IS 'Earliest answer that named it.';
COMMENT ON COLUMN analytics.dim_category.first_seen_day IS 'Day of that in Shanghai.';
