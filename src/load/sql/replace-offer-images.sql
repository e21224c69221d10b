-- Purpose: makes the images of locked offers those of an answer.
-- Params:  $1 bigint[] offer ids; $2 jsonb rows of catalog.offer_image
-- Returns: nothing
WITH n AS (
  SELECT * FROM jsonb_populate_recordset(NULL::catalog.offer_image, $2::jsonb)
),
dropped AS (
  DELETE FROM catalog.offer_image k
  WHERE k.offer_id = ANY ($1::bigint[])
    AND NOT EXISTS (
      SELECT FROM n WHERE (n.offer_id, n.kind, n.position) = (k.offer_id, k.kind, k.position)
    )
)
INSERT INTO catalog.offer_image AS i
SELECT n.*
FROM n
LEFT JOIN catalog.offer_image k USING (offer_id, kind, position)
WHERE k.url IS DISTINCT FROM n.url
ON CONFLICT (offer_id, kind, position) DO UPDATE SET url = excluded.url;
