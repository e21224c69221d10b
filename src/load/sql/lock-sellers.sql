-- Purpose: locks sellers in ascending id, and tells of which an answer is the newest description, and of which the
--          newest that states the name.
-- Params:  $1 text[] seller ids, each once; $2 timestamptz[] and $3 bigint[] time and id of the call that describes each
--          (-infinity and 0: only named, not described); $4 timestamptz[] and $5 bigint[] of the call that tells its name
--          (null: none does)
-- Returns: seller_id, is_newest, is_newest_name of those to be written
WITH n AS (
  SELECT *
  FROM unnest($1::text[], $2::timestamptz[], $3::bigint[], $4::timestamptz[], $5::bigint[])
    AS n (seller_id, observed_at, call_id, name_at, name_call_id)
),
written AS (
  INSERT INTO sync.seller_observation AS l (seller_id, observed_at, call_id, name_at, name_call_id)
  SELECT * FROM n ORDER BY seller_id
  ON CONFLICT (seller_id) DO UPDATE
  SET (observed_at, call_id) = (
        SELECT * FROM (VALUES (l.observed_at, l.call_id), (excluded.observed_at, excluded.call_id)) known (at, id)
        ORDER BY at DESC, id DESC LIMIT 1),
      (name_at, name_call_id) = (
        SELECT * FROM (VALUES (l.name_at, l.name_call_id), (excluded.name_at, excluded.name_call_id)) known (at, id)
        ORDER BY at DESC NULLS LAST, id DESC LIMIT 1)
  WHERE (l.observed_at, l.call_id) < (excluded.observed_at, excluded.call_id)
    OR (coalesce(l.name_at, '-infinity'), coalesce(l.name_call_id, 0)) < (excluded.name_at, excluded.name_call_id)
  RETURNING *
)
SELECT seller_id, (w.observed_at, w.call_id) = (n.observed_at, n.call_id) AS is_newest,
       coalesce((w.name_at, w.name_call_id) = (n.name_at, n.name_call_id), false) AS is_newest_name
FROM written w
JOIN n USING (seller_id);
