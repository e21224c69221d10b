-- Purpose: the search rows, loaded after newer ones, that state a field which their locked offers have differently.
--          Once a detail answer has found an offer, only fields that no detail answer has are compared.
-- Params:  $1 jsonb rows of catalog.offer: what search rows have, each offer once; $2 boolean true: a time of modification only where
--          the offers have none, for nearly all older rows have another
-- Returns: offer_id, fields text[] that differ
SELECT n.offer_id, array_agg(f.field) AS fields
FROM jsonb_populate_recordset(NULL::catalog.offer, $1::jsonb) AS n
JOIN catalog.offer o USING (offer_id)
CROSS JOIN LATERAL to_jsonb(o) AS known (fields)
CROSS JOIN LATERAL jsonb_each_text(to_jsonb(n)) AS f (field, value)
WHERE f.value <> coalesce(known.fields ->> f.field, '')
  AND NOT ($2::boolean AND f.field = 'source_modified_at' AND known.fields ->> f.field IS NOT NULL)
  AND (
    f.field IN ('source_modified_at', 'seller_identities', 'offer_identities', 'is_patent_product')
    OR o.content_hash IS NULL
      AND f.field IN ('category_id', 'min_order_quantity', 'main_image_url', 'source_created_at')
  )
GROUP BY n.offer_id;
