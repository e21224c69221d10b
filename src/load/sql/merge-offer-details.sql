-- Purpose: writes what the newest detail answers say of locked offers, where it differs, and records each change of a
--          field. The first detail answer replaces what search rows said; that is no change of the offer. A row that a
--          newer call has changed keeps that call. A value that a row of an older version lacks was not read by that
--          version; filling it in is no change.
-- Params:  $1 jsonb rows of catalog.offer (what only search rows say is left alone); $2 boolean true: the answers were loaded
--          before, so the row is compared, not only its hash
-- Returns: offer_id, is_new, is_content_changed, is_reread (an older version read it last) of offers that were written; with $2 also changes
--          (jsonb [{field, old, new}])
WITH changed AS (
  SELECT n, n.offer_id, o.offer_id IS NULL AS is_new, o.content_hash IS NULL AS is_first,
         $2::boolean OR o.content_hash IS DISTINCT FROM n.content_hash AS is_content_changed,
         coalesce(o.normalizer_version < n.normalizer_version, false) AS is_reread, to_jsonb(o) AS old
  FROM jsonb_populate_recordset(NULL::catalog.offer, $1::jsonb) AS n
  LEFT JOIN catalog.offer o USING (offer_id)
  WHERE o.offer_id IS NULL OR o.content_hash IS DISTINCT FROM n.content_hash OR o.state <> n.state
     OR ($2::boolean
         AND to_jsonb(o) - '{source_modified_at,seller_identities,offer_identities,is_patent_product,normalizer_version,changed_at,run_id,call_id}'::text[]
             <> to_jsonb(n) - '{source_modified_at,seller_identities,offer_identities,is_patent_product,normalizer_version,changed_at,run_id,call_id}'::text[])
),
written AS (
  INSERT INTO catalog.offer AS o
  SELECT (c.n).* FROM changed c
  ON CONFLICT (offer_id) DO UPDATE
  SET category_id = excluded.category_id,
      seller_id = excluded.seller_id,
      state = excluded.state,
      subject = excluded.subject,
      subject_translated = excluded.subject_translated,
      source_status = excluded.source_status,
      quote_type = excluded.quote_type,
      unit = excluded.unit,
      unit_translated = excluded.unit_translated,
      min_order_quantity = excluded.min_order_quantity,
      batch_number = excluded.batch_number,
      trade_score = excluded.trade_score,
      main_image_url = excluded.main_image_url,
      image_urls = excluded.image_urls,
      white_image_url = excluded.white_image_url,
      video_url = excluded.video_url,
      ship_from = excluded.ship_from,
      source_created_at = excluded.source_created_at,
      shipping_time_guarantee = excluded.shipping_time_guarantee,
      promotion_type = excluded.promotion_type,
      tags = excluded.tags,
      is_mix_allowed = excluded.is_mix_allowed,
      mix_amount_cny = excluded.mix_amount_cny,
      mix_quantity = excluded.mix_quantity,
      cargo_number = excluded.cargo_number,
      selling_points = excluded.selling_points,
      certificates = excluded.certificates,
      weight_g = excluded.weight_g,
      weight_source = excluded.weight_source,
      length_mm = excluded.length_mm,
      width_mm = excluded.width_mm,
      height_mm = excluded.height_mm,
      size_source = excluded.size_source,
      content_hash = excluded.content_hash,
      normalizer_version = excluded.normalizer_version,
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
    AND (
      f.field = 'state'
      OR (
        NOT c.is_first
        AND NOT (c.is_reread AND c.old ->> f.field IS NULL)
        AND f.field IN ('category_id', 'seller_id', 'subject', 'subject_translated', 'source_status', 'quote_type',
                        'unit', 'min_order_quantity', 'batch_number', 'main_image_url', 'video_url', 'ship_from',
                        'shipping_time_guarantee', 'promotion_type', 'tags', 'is_mix_allowed', 'mix_amount_cny',
                        'mix_quantity', 'cargo_number')
      )
    )
  ORDER BY c.offer_id, f.field
)
SELECT c.offer_id, c.is_new, c.is_content_changed, c.is_reread,
       CASE WHEN $2::boolean THEN (
         SELECT jsonb_agg(
                  jsonb_build_object('field', f.field, 'old', c.old ->> f.field, 'new', f.value) ORDER BY f.field)
         FROM jsonb_each_text(
           to_jsonb(c.n) - '{source_modified_at,seller_identities,offer_identities,is_patent_product,normalizer_version,changed_at,run_id,call_id}'::text[]) AS f (field, value)
         WHERE f.value IS DISTINCT FROM c.old ->> f.field
       ) END AS changes
FROM changed c;
