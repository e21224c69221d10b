-- Purpose: makes fields of category nodes that an answer stated what today's reading of it says. Fields that newer
--          answers stated are theirs.
-- Params:  $1 jsonb [{category_id, parent_id (0: a root), level, name_zh, name_translated, is_leaf, is_retired}];
--          $2 timestamptz when
-- Returns: category_id, is_moved (it hangs elsewhere now) of nodes that were written
WITH stated AS (
  SELECT n.*, c.parent_id AS old_parent_id,
         n.parent_id IS NOT NULL AND c.parent_seen_at = $2::timestamptz
           AND nullif(n.parent_id, 0) IS DISTINCT FROM c.parent_id AS takes_parent,
         n.level IS NOT NULL AND c.level_seen_at = $2::timestamptz
           AND n.level <> c.level AS takes_level,
         n.name_zh IS NOT NULL AND c.name_seen_at = $2::timestamptz
           AND (n.name_zh, n.is_retired) <> (c.name_zh, c.is_retired) AS takes_name,
         n.name_translated IS NOT NULL AND c.name_translated_seen_at = $2::timestamptz
           AND n.name_translated <> c.name_translated AS takes_translation,
         n.is_leaf IS NOT NULL AND c.leaf_seen_at = $2::timestamptz
           AND n.is_leaf <> c.is_leaf AS takes_leaf
  FROM jsonb_to_recordset($1::jsonb)
    AS n (category_id bigint, parent_id bigint, level int, name_zh text, name_translated text, is_leaf boolean,
          is_retired boolean)
  JOIN catalog.category c USING (category_id)
)
UPDATE catalog.category c
SET parent_id = CASE WHEN takes_parent THEN nullif(s.parent_id, 0) ELSE c.parent_id END,
    level = CASE WHEN takes_level THEN s.level ELSE c.level END,
    name_zh = CASE WHEN takes_name THEN s.name_zh ELSE c.name_zh END,
    is_retired = CASE WHEN takes_name THEN s.is_retired ELSE c.is_retired END,
    name_translated = CASE WHEN takes_translation THEN s.name_translated ELSE c.name_translated END,
    is_leaf = CASE WHEN takes_leaf THEN s.is_leaf ELSE c.is_leaf END
FROM stated s
WHERE c.category_id = s.category_id
  AND (takes_parent OR takes_level OR takes_name OR takes_translation OR takes_leaf)
RETURNING c.category_id, takes_parent AS is_moved;
