-- Purpose: writes what the newest search rows say of locked offers, where it differs. Once a detail answer has found an
--          offer, only the modification time is taken from search rows. An offer that was missing only because no
--          search listed it becomes listed again.
-- Params:  $1 jsonb rows of catalog.offer: what search rows have, state (listed unless something newer or stronger
--          says that it is missing), changed_at, run_id, call_id
-- Returns: offer_id, is_new, is_date_moved of offers that were written
-- A field that a row leaves out, as rows of a shop do, stays.
WITH changed AS (
  SELECT n, n.offer_id, o.offer_id IS NULL AS is_new, to_jsonb(o) AS old,
         coalesce(o.source_modified_at <> n.source_modified_at, false) AS is_date_moved
  FROM jsonb_populate_recordset(NULL::catalog.offer, $1::jsonb) AS n
  LEFT JOIN catalog.offer o USING (offer_id)
  WHERE o.offer_id IS NULL
     OR (o.state, n.state) = ('missing', 'listed')
     -- Rows of a shop have fewer fields: a field that one leaves out stays.
     OR (o.source_modified_at, o.seller_identities, o.offer_identities, o.is_patent_product)
        IS DISTINCT FROM
        (coalesce(n.source_modified_at, o.source_modified_at),
         coalesce(n.seller_identities, o.seller_identities), coalesce(n.offer_identities, o.offer_identities),
         coalesce(n.is_patent_product, o.is_patent_product))
     OR (
       o.content_hash IS NULL
       AND (o.category_id, o.subject, o.subject_translated, o.min_order_quantity, o.main_image_url, o.source_created_at)
           IS DISTINCT FROM
           (coalesce(n.category_id, o.category_id), n.subject, n.subject_translated,
            coalesce(n.min_order_quantity, o.min_order_quantity), coalesce(n.main_image_url, o.main_image_url),
            coalesce(n.source_created_at, o.source_created_at))
     )
),
written AS (
  INSERT INTO catalog.offer AS o
  SELECT (c.n).* FROM changed c
  ON CONFLICT (offer_id) DO UPDATE
  SET category_id = coalesce(CASE WHEN o.content_hash IS NULL THEN excluded.category_id END, o.category_id),
      subject = CASE WHEN o.content_hash IS NULL THEN excluded.subject ELSE o.subject END,
      subject_translated =
        CASE WHEN o.content_hash IS NULL THEN excluded.subject_translated ELSE o.subject_translated END,
      min_order_quantity =
        coalesce(CASE WHEN o.content_hash IS NULL THEN excluded.min_order_quantity END, o.min_order_quantity),
      main_image_url = coalesce(CASE WHEN o.content_hash IS NULL THEN excluded.main_image_url END, o.main_image_url),
      source_created_at =
        coalesce(CASE WHEN o.content_hash IS NULL THEN excluded.source_created_at END, o.source_created_at),
      source_modified_at = coalesce(excluded.source_modified_at, o.source_modified_at),
      seller_identities = coalesce(excluded.seller_identities, o.seller_identities),
      offer_identities = coalesce(excluded.offer_identities, o.offer_identities),
      is_patent_product = coalesce(excluded.is_patent_product, o.is_patent_product),
      state = CASE WHEN o.state = 'missing' THEN excluded.state ELSE o.state END,
      changed_at = greatest(o.changed_at, excluded.changed_at),
      run_id = CASE WHEN o.changed_at > excluded.changed_at THEN o.run_id ELSE excluded.run_id END,
      call_id = CASE WHEN o.changed_at > excluded.changed_at THEN o.call_id ELSE excluded.call_id END
),
logged AS (
  INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
  SELECT c.offer_id, f.field, c.old ->> f.field, f.value, (c.n).changed_at, (c.n).call_id
  FROM changed c
  CROSS JOIN LATERAL jsonb_each_text(to_jsonb(c.n)) AS f (field, value)
  WHERE f.value IS DISTINCT FROM c.old ->> f.field
    AND CASE
      WHEN f.field = 'state' THEN c.is_new OR c.old ->> 'state' = 'missing'
      WHEN c.is_new THEN false
      WHEN f.field = 'is_patent_product' THEN c.old ->> 'is_patent_product' IS NOT NULL
      ELSE c.old ->> 'content_hash' IS NULL
        AND (f.field IN ('subject', 'subject_translated')
          OR f.field IN ('category_id', 'min_order_quantity', 'main_image_url') AND f.value IS NOT NULL)
    END
  ORDER BY c.offer_id, f.field
)
SELECT offer_id, is_new, is_date_moved FROM changed;
