-- Purpose: category nodes with their names from the root down, as stored.
CREATE VIEW analytics.dim_category AS
SELECT category_id, parent_id, level, name_zh, name_translated, path_names_zh AS path_zh,
       path_names_translated AS path_translated, array_remove(string_to_array(path, '/'), '')::bigint[] AS path_ids, is_leaf,
       is_retired, first_seen_at, (first_seen_at AT TIME ZONE INTERVAL '8 hours')::date AS first_seen_day
FROM catalog.category;

COMMENT ON VIEW analytics.dim_category IS 'One category node, as it is now. Key: category_id.';
COMMENT ON COLUMN analytics.dim_category.category_id IS 'Category id of 1688.';
COMMENT ON COLUMN analytics.dim_category.parent_id IS 'Parent category; null for a root, and while it is not known.';
COMMENT ON COLUMN analytics.dim_category.level IS '1 for roots; null while it is not known.';
COMMENT ON COLUMN analytics.dim_category.name_zh IS 'Name in Chinese.';
COMMENT ON COLUMN analytics.dim_category.name_translated IS 'Name in the language of the sync; null: none was given.';
COMMENT ON COLUMN analytics.dim_category.path_zh IS 'Chinese names from the root down to this category, joined by " > "; an id in place of a name that is not known.';
COMMENT ON COLUMN analytics.dim_category.path_translated IS 'path_zh in the language of the sync; names without a translation stay Chinese.';
COMMENT ON COLUMN analytics.dim_category.path_ids IS 'Ids from the root down to this category: path_ids @> ARRAY[54]::bigint[] finds 54 and all below.';
COMMENT ON COLUMN analytics.dim_category.is_leaf IS 'True: offers belong to it, and it has no categories below; null while it is not known.';
COMMENT ON COLUMN analytics.dim_category.is_retired IS 'True: 1688 marks it 停用. 1688 keeps it, but no longer uses it.';
COMMENT ON COLUMN analytics.dim_category.first_seen_at IS 'Time of the earliest answer that named it.';
COMMENT ON COLUMN analytics.dim_category.first_seen_day IS 'Day of first_seen_at in Shanghai.';
