-- Purpose: stores the names from the root down of categories that are new, moved or renamed, and of all categories below them.
--          Trigger function of catalog.category, after each statement.
-- Params:  none; transition tables written and, for an update, before
-- Returns: trigger; null
CREATE OR REPLACE FUNCTION catalog.name_paths() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_ids bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    v_ids := ARRAY(SELECT w.category_id FROM written w);
  ELSE
    v_ids := ARRAY(
      SELECT w.category_id FROM written w JOIN before b USING (category_id)
      WHERE (w.path, w.name_zh, w.name_translated) IS DISTINCT FROM (b.path, b.name_zh, b.name_translated)
         OR w.path_names_zh IS NULL);
  END IF;
  IF v_ids = '{}' THEN RETURN NULL; END IF;
  WITH RECURSIVE below (category_id) AS (
    SELECT unnest(v_ids)
    UNION
    SELECT c.category_id FROM below b JOIN catalog.category c ON c.parent_id = b.category_id
  )
  UPDATE catalog.category c
  SET path_names_zh = n.zh, path_names_translated = n.translated
  FROM (
    SELECT b.category_id,
           string_agg(coalesce(a.name_zh, a.category_id::text), ' > ' ORDER BY p.place) AS zh,
           string_agg(coalesce(a.name_translated, a.name_zh, a.category_id::text), ' > ' ORDER BY p.place) AS translated
    FROM below b
    JOIN catalog.category o USING (category_id)
    -- If a path begins with a slash, its first part is empty.
    CROSS JOIN LATERAL unnest(array_remove(string_to_array(o.path, '/'), '')::bigint[]) WITH ORDINALITY p (id, place)
    JOIN catalog.category a ON a.category_id = p.id
    GROUP BY b.category_id
  ) n
  WHERE c.category_id = n.category_id
    AND (c.path_names_zh, c.path_names_translated) IS DISTINCT FROM (n.zh, n.translated);
  RETURN NULL;
END $$;

COMMENT ON FUNCTION catalog.name_paths() IS
  'Trigger of catalog.category: stores the names from the root down of categories that are new, moved or named otherwise, and of all below them.';
