-- Purpose: makes the attributes of locked offers those of an answer.
-- Params:  $1 bigint[] offer ids; $2 jsonb rows of catalog.offer_attribute
-- Returns: nothing
WITH n AS (
  SELECT * FROM jsonb_populate_recordset(NULL::catalog.offer_attribute, $2::jsonb)
),
dropped AS (
  DELETE FROM catalog.offer_attribute k
  WHERE k.offer_id = ANY ($1::bigint[])
    AND NOT EXISTS (SELECT FROM n WHERE (n.offer_id, n.position) = (k.offer_id, k.position))
)
INSERT INTO catalog.offer_attribute AS a
SELECT n.*
FROM n
LEFT JOIN catalog.offer_attribute k USING (offer_id, position)
WHERE k IS DISTINCT FROM n
ON CONFLICT (offer_id, position) DO UPDATE
SET attribute_id = excluded.attribute_id,
    name = excluded.name,
    value = excluded.value,
    name_translated = excluded.name_translated,
    value_translated = excluded.value_translated;
