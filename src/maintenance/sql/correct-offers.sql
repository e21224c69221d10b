-- Purpose: makes locked offers what today's reading of their newest detail answers says, where it differs, and books
--          each corrected field with the call of that answer. What a newer call has changed keeps that call.
-- Params:  $1 jsonb rows of catalog.offer (source_modified_at is left alone)
-- Returns: offer_id, changes (jsonb [{field, old, new}]) of offers that were written
WITH compared AS (
  SELECT n, n.offer_id, to_jsonb(o) AS old,
         to_jsonb(n) - '{source_modified_at,normalizer_version,changed_at,run_id,call_id}'::text[] AS new
  FROM jsonb_populate_recordset(NULL::catalog.offer, $1::jsonb) AS n
  LEFT JOIN catalog.offer o USING (offer_id)
  WHERE o.offer_id IS NULL
     OR (o.category_id, o.seller_id, o.state, o.subject, o.subject_translated, o.source_status, o.quote_type,
         o.unit, o.unit_translated, o.min_order_quantity, o.batch_number, o.trade_score, o.main_image_url,
         o.video_url, o.ship_from, o.source_created_at, o.content_hash)
        IS DISTINCT FROM
        (n.category_id, n.seller_id, n.state, n.subject, n.subject_translated, n.source_status, n.quote_type,
         n.unit, n.unit_translated, n.min_order_quantity, n.batch_number, n.trade_score, n.main_image_url,
         n.video_url, n.ship_from, n.source_created_at, n.content_hash)
),
changed AS (
  SELECT c.*, difference.changes
  FROM compared c
  CROSS JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('field', f.field, 'old', c.old ->> f.field, 'new', f.value) ORDER BY f.field)
      AS changes
    FROM jsonb_each_text(c.new) AS f (field, value)
    WHERE f.value IS DISTINCT FROM c.old ->> f.field
  ) difference
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
      video_url = excluded.video_url,
      ship_from = excluded.ship_from,
      source_created_at = excluded.source_created_at,
      content_hash = excluded.content_hash,
      normalizer_version = excluded.normalizer_version,
      changed_at = greatest(o.changed_at, excluded.changed_at),
      run_id = CASE WHEN o.changed_at > excluded.changed_at THEN o.run_id ELSE excluded.run_id END,
      call_id = CASE WHEN o.changed_at > excluded.changed_at THEN o.call_id ELSE excluded.call_id END
),
logged AS (
  INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
  SELECT c.offer_id, f.field, f.old, f.new, (c.n).changed_at, (c.n).call_id
  FROM changed c
  CROSS JOIN LATERAL jsonb_to_recordset(c.changes) AS f (field text, old text, new text)
  WHERE f.field = 'state'
     OR (
       c.old ->> 'content_hash' IS NOT NULL
       AND f.field IN ('category_id', 'seller_id', 'subject', 'subject_translated', 'source_status', 'quote_type',
                       'unit', 'min_order_quantity', 'batch_number', 'main_image_url', 'video_url', 'ship_from')
     )
  ORDER BY c.offer_id, f.field
)
SELECT offer_id, changes FROM changed;
