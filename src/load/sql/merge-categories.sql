-- Purpose: merges what an answer states of category nodes, field by field: the newest statement of a field holds, and a
--          field that the answer leaves out states nothing. At equal times the greater value holds; for an answer that
--          was loaded before, what it states now. A node that would end up below itself, directly or not, stays where
--          it is.
-- Params:  $1 jsonb [{category_id, parent_id (0: a root), level, name_zh, name_translated, is_leaf, is_retired}], which
--          all name one parent, or are one; $2 timestamptz when; $3 bigint call id; $4 boolean true: the answer was loaded
--          before
-- Returns: category_id, is_written, is_moved (its place or level is another one, or known only now), is_circle (it stays
--          where it is), of nodes of which any is true
WITH RECURSIVE n AS (
  SELECT *
  FROM jsonb_to_recordset($1::jsonb)
    AS n (category_id bigint, parent_id bigint, level int, name_zh text, name_translated text, is_leaf boolean,
          is_retired boolean)
),
above (start_id, category_id) AS (
  SELECT DISTINCT parent_id, parent_id FROM n WHERE parent_id <> 0
  UNION
  SELECT a.start_id, c.parent_id
  FROM above a
  JOIN catalog.category c USING (category_id)
),
stated AS (
  SELECT n.*, c.level AS old_level, c.parent_id AS old_parent_id, c.parent_seen_at IS NULL AS is_first_place,
         place.is_newer AND NOT place.is_circle AS takes_parent,
         place.is_circle AND (place.is_newer OR $4::boolean) AS is_circle,
         -- The level of a child follows from its parent: if the place is refused, so is the level.
         n.level IS NOT NULL AND NOT place.is_circle
           AND (c.level_seen_at IS NULL
                OR ($2::timestamptz, n.level) > (c.level_seen_at, c.level)
                OR ($4::boolean AND $2::timestamptz = c.level_seen_at AND n.level <> c.level)) AS takes_level,
         n.name_zh IS NOT NULL
           AND (c.name_seen_at IS NULL
                OR ($2::timestamptz, n.name_zh) > (c.name_seen_at, c.name_zh)
                OR ($4::boolean AND $2::timestamptz = c.name_seen_at
                    AND (n.name_zh, n.is_retired) <> (c.name_zh, c.is_retired))) AS takes_name,
         n.name_translated IS NOT NULL
           AND (c.name_translated_seen_at IS NULL
                OR ($2::timestamptz, n.name_translated) > (c.name_translated_seen_at, c.name_translated)
                OR ($4::boolean AND $2::timestamptz = c.name_translated_seen_at
                    AND n.name_translated <> c.name_translated)) AS takes_translation,
         n.is_leaf IS NOT NULL
           AND (c.leaf_seen_at IS NULL
                OR ($2::timestamptz, n.is_leaf) > (c.leaf_seen_at, c.is_leaf)
                OR ($4::boolean AND $2::timestamptz = c.leaf_seen_at AND n.is_leaf <> c.is_leaf)) AS takes_leaf
  FROM n
  JOIN catalog.category c USING (category_id)
  CROSS JOIN LATERAL (
    SELECT n.parent_id IS NOT NULL
             AND (c.parent_seen_at IS NULL
                  OR ($2::timestamptz, n.parent_id) > (c.parent_seen_at, coalesce(c.parent_id, 0))
                  OR ($4::boolean AND $2::timestamptz = c.parent_seen_at AND n.parent_id <> coalesce(c.parent_id, 0)))
             AS is_newer,
           EXISTS (SELECT FROM above a WHERE (a.start_id, a.category_id) = (n.parent_id, n.category_id)) AS is_circle
  ) place
),
written AS (
  UPDATE catalog.category c
  SET parent_id = CASE WHEN takes_parent THEN nullif(s.parent_id, 0) ELSE c.parent_id END,
      parent_seen_at = CASE WHEN takes_parent THEN $2::timestamptz ELSE c.parent_seen_at END,
      level = CASE WHEN takes_level THEN s.level ELSE c.level END,
      level_seen_at = CASE WHEN takes_level THEN $2::timestamptz ELSE c.level_seen_at END,
      name_zh = CASE WHEN takes_name THEN s.name_zh ELSE c.name_zh END,
      is_retired = CASE WHEN takes_name THEN s.is_retired ELSE c.is_retired END,
      name_seen_at = CASE WHEN takes_name THEN $2::timestamptz ELSE c.name_seen_at END,
      name_translated = CASE WHEN takes_translation THEN s.name_translated ELSE c.name_translated END,
      name_translated_seen_at = CASE WHEN takes_translation THEN $2::timestamptz ELSE c.name_translated_seen_at END,
      is_leaf = CASE WHEN takes_leaf THEN s.is_leaf ELSE c.is_leaf END,
      leaf_seen_at = CASE WHEN takes_leaf THEN $2::timestamptz ELSE c.leaf_seen_at END,
      call_id = CASE WHEN $4::boolean THEN greatest(c.call_id, $3::bigint) ELSE $3::bigint END
  FROM stated s
  WHERE c.category_id = s.category_id
    AND (takes_parent OR takes_level OR takes_name OR takes_translation OR takes_leaf)
  RETURNING c.category_id
)
SELECT s.category_id, w.category_id IS NOT NULL AS is_written,
       s.takes_parent AND (s.is_first_place OR nullif(s.parent_id, 0) IS DISTINCT FROM s.old_parent_id)
         OR s.takes_level AND s.level IS DISTINCT FROM s.old_level AS is_moved,
       s.is_circle
FROM stated s
LEFT JOIN written w USING (category_id)
WHERE w.category_id IS NOT NULL OR s.is_circle;
