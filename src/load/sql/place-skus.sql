-- Purpose: puts detail answers of locked offers into the histories of their SKUs, as if they had been loaded in the
--          order of their calls, and updates the SKUs accordingly. An answer changes what was known from its call to
--          the next answer that found the offer; what other answers said follows from the histories themselves.
-- Params:  $1 jsonb [{offer_id, observed_at, call_id}] answers that are booked; $2 jsonb rows of catalog.sku, of the call that
--          listed each; $3 boolean true: the answers were loaded before, so that the first of them may be older than what is known
-- Returns: offer_id of each row that was written
WITH answer AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS a (offer_id bigint, observed_at timestamptz, call_id bigint)
),
n AS (
  SELECT * FROM jsonb_populate_recordset(NULL::catalog.sku, $2::jsonb)
),
span AS (
  SELECT first.*, until.observed_at AS until_at, until.call_id AS until_call_id
  FROM (SELECT DISTINCT ON (offer_id) offer_id, observed_at AS from_at, call_id AS from_call_id
        FROM answer ORDER BY offer_id, observed_at, call_id) first
  JOIN (SELECT DISTINCT ON (offer_id) offer_id, observed_at, call_id
        FROM answer ORDER BY offer_id, observed_at DESC, call_id DESC) last USING (offer_id)
  LEFT JOIN LATERAL (
    SELECT o.observed_at, o.call_id
    FROM catalog.observation o
    WHERE o.offer_id = first.offer_id AND o.source = 'detail' AND o.is_found AND o.read_sku_ids IS NULL
      AND (o.observed_at, o.call_id) > (last.observed_at, last.call_id)
    ORDER BY o.observed_at, o.call_id
    LIMIT 1
  ) until ON true
),
sample AS (
  SELECT o.offer_id, o.observed_at, o.call_id, o.read_sku_ids, a.call_id IS NOT NULL AS is_read
  FROM span s
  JOIN catalog.observation o ON o.offer_id = s.offer_id AND o.source = 'detail' AND o.is_found
    AND (o.observed_at, o.call_id) >= (s.from_at, s.from_call_id)
    AND (s.until_at IS NULL OR (o.observed_at, o.call_id) <= (s.until_at, s.until_call_id))
  LEFT JOIN answer a ON (a.offer_id, a.call_id) = (o.offer_id, o.call_id)
),
part AS (
  SELECT k.offer_id, k.sku_id, k.first_seen_at, k.first_call_id, $3::boolean OR k.first_seen_at IS NOT NULL AS has_first
  FROM span JOIN catalog.sku k USING (offer_id)
  UNION ALL
  SELECT DISTINCT n.offer_id, n.sku_id, timestamptz 'infinity', 0::bigint, true
  FROM n LEFT JOIN catalog.sku k USING (offer_id, sku_id)
  WHERE k.sku_id IS NULL
),
past AS (
  SELECT h.offer_id, h.sku_id, 'state' AS track, h.valid_from, h.call_id, h.valid_to, h.closed_by_call_id,
         CASE h.state WHEN 'listed' THEN
           to_jsonb(h) - '{offer_id,sku_id,valid_from,call_id,valid_to,closed_by_call_id,state}'::text[] END AS value
  FROM span JOIN catalog.sku_history h USING (offer_id)
  UNION ALL
  SELECT h.offer_id, h.sku_id, 'stock', h.valid_from, h.call_id, h.valid_to, h.closed_by_call_id, to_jsonb(h.stock)
  FROM span JOIN catalog.stock_history h USING (offer_id)
),
run AS (
  SELECT * FROM past
  UNION ALL
  SELECT k.offer_id, k.sku_id, t.track, coalesce(l.valid_to, k.first_seen_at, k.changed_at),
         coalesce(l.closed_by_call_id, k.first_call_id, k.call_id), NULL, NULL,
         CASE WHEN k.state = 'gone' THEN NULL
              WHEN t.track = 'stock' THEN to_jsonb(k.stock)
              ELSE to_jsonb(k) - '{offer_id,sku_id,state,stock,last_listed_at,last_listed_call_id,changed_at,call_id,first_seen_at,first_call_id}'::text[] END
  FROM span
  JOIN catalog.sku k USING (offer_id)
  CROSS JOIN (VALUES ('state'), ('stock')) t (track)
  LEFT JOIN (
    SELECT DISTINCT ON (offer_id, sku_id, track) * FROM past ORDER BY offer_id, sku_id, track, valid_from DESC, call_id DESC
  ) l ON (l.offer_id, l.sku_id, l.track) = (k.offer_id, k.sku_id, t.track)
),
point AS (
  SELECT r.offer_id, r.sku_id, r.track, r.valid_from, r.call_id, r.value
  FROM run r
  JOIN span s USING (offer_id)
  WHERE (r.valid_from, r.call_id) < (s.from_at, s.from_call_id) OR (r.valid_from, r.call_id) > (s.until_at, s.until_call_id)
  UNION ALL
  SELECT p.offer_id, p.sku_id, t.track, s.observed_at, s.call_id,
         CASE WHEN NOT s.is_read THEN r.value
              WHEN t.track = 'stock' THEN to_jsonb(n.stock)
              WHEN n.sku_id IS NOT NULL THEN
                to_jsonb(n) - '{offer_id,sku_id,state,stock,last_listed_at,last_listed_call_id,changed_at,call_id,first_seen_at,first_call_id}'::text[] END
  FROM part p
  JOIN sample s ON s.offer_id = p.offer_id AND (s.read_sku_ids IS NULL OR p.sku_id = ANY (s.read_sku_ids))
  CROSS JOIN (VALUES ('state'), ('stock')) t (track)
  LEFT JOIN n ON (n.offer_id, n.sku_id, n.call_id) = (p.offer_id, p.sku_id, s.call_id)
  LEFT JOIN LATERAL (
    SELECT r.offer_id, r.value
    FROM run r
    WHERE (r.offer_id, r.sku_id, r.track) = (p.offer_id, p.sku_id, t.track)
      AND (r.valid_from, r.call_id) <= (s.observed_at, s.call_id)
    ORDER BY r.valid_from DESC, r.call_id DESC
    LIMIT 1
  ) r ON true
  WHERE s.is_read OR r.offer_id IS NOT NULL OR (s.observed_at, s.call_id) < (p.first_seen_at, p.first_call_id)
),
first AS (
  SELECT DISTINCT ON (offer_id, sku_id) offer_id, sku_id, valid_from, call_id
  FROM point
  WHERE track = 'state' AND value IS NOT NULL
  ORDER BY offer_id, sku_id, valid_from, call_id
),
placed AS (
  SELECT offer_id, sku_id, track, valid_from, call_id, value, lag(value) OVER thing AS value_before,
         lead(valid_from) OVER thing AS valid_to, lead(call_id) OVER thing AS closed_by_call_id
  FROM (
    SELECT p.*, p.value IS DISTINCT FROM lag(p.value) OVER thing OR row_number() OVER thing = 1 AS is_start
    FROM point p
    JOIN first f USING (offer_id, sku_id)
    WHERE (p.valid_from, p.call_id) >= (f.valid_from, f.call_id)
    WINDOW thing AS (PARTITION BY offer_id, sku_id, p.track ORDER BY p.valid_from, p.call_id)
  ) p
  WHERE is_start
  WINDOW thing AS (PARTITION BY offer_id, sku_id, track ORDER BY valid_from, call_id)
),
changed AS (
  SELECT p.*
  FROM placed p
  LEFT JOIN past h USING (offer_id, sku_id, track, valid_from, call_id)
  WHERE p.valid_to IS NOT NULL
    AND (h.valid_to, h.closed_by_call_id, h.value) IS DISTINCT FROM (p.valid_to, p.closed_by_call_id, p.value)
),
outdated AS (
  SELECT h.*
  FROM past h
  LEFT JOIN placed p ON (p.offer_id, p.sku_id, p.track, p.valid_from, p.call_id) = (h.offer_id, h.sku_id, h.track, h.valid_from, h.call_id)
    AND p.valid_to IS NOT NULL
  WHERE p.offer_id IS NULL
),
removed_state AS (
  DELETE FROM catalog.sku_history h
  USING outdated o
  WHERE o.track = 'state' AND (h.offer_id, h.sku_id, h.valid_from, h.call_id) = (o.offer_id, o.sku_id, o.valid_from, o.call_id)
  RETURNING h.offer_id
),
removed_stock AS (
  DELETE FROM catalog.stock_history h
  USING outdated o
  WHERE o.track = 'stock' AND (h.offer_id, h.sku_id, h.valid_from, h.call_id) = (o.offer_id, o.sku_id, o.valid_from, o.call_id)
  RETURNING h.offer_id
),
written_state AS (
  INSERT INTO catalog.sku_history AS h
  SELECT r.*
  FROM changed c
  CROSS JOIN LATERAL jsonb_populate_record(
    NULL::catalog.sku_history,
    coalesce(c.value, '{}') || jsonb_build_object('state', CASE WHEN c.value IS NULL THEN 'gone' ELSE 'listed' END)
      || (to_jsonb(c) - 'value')) AS r
  WHERE c.track = 'state'
  ON CONFLICT (offer_id, sku_id, valid_from, call_id) DO UPDATE
  SET valid_to = excluded.valid_to, closed_by_call_id = excluded.closed_by_call_id, state = excluded.state,
      spec_id = excluded.spec_id, cargo_number = excluded.cargo_number, label = excluded.label,
      attributes = excluded.attributes, image_url = excluded.image_url, weight_g = excluded.weight_g,
      weight_source = excluded.weight_source, length_mm = excluded.length_mm, width_mm = excluded.width_mm,
      height_mm = excluded.height_mm, size_source = excluded.size_source
  RETURNING h.offer_id
),
written_stock AS (
  INSERT INTO catalog.stock_history AS h (offer_id, sku_id, valid_from, call_id, valid_to, closed_by_call_id, stock)
  SELECT c.offer_id, c.sku_id, c.valid_from, c.call_id, c.valid_to, c.closed_by_call_id, c.value::bigint
  FROM changed c
  WHERE c.track = 'stock'
  ON CONFLICT (offer_id, sku_id, valid_from, call_id) DO UPDATE
  SET valid_to = excluded.valid_to, closed_by_call_id = excluded.closed_by_call_id, stock = excluded.stock
  RETURNING h.offer_id
),
present AS (
  SELECT p.offer_id, p.sku_id, s.value IS NOT NULL AS is_listed, coalesce(s.value, s.value_before) AS value,
         greatest(s.valid_from, q.valid_from) AS changed_at,
         CASE WHEN (s.valid_from, s.call_id) > (q.valid_from, q.call_id) THEN s.call_id ELSE q.call_id END AS call_id,
         CASE WHEN s.value IS NOT NULL THEN q.value ELSE (
           SELECT e.value FROM placed e
           WHERE (e.offer_id, e.sku_id, e.track) = (p.offer_id, p.sku_id, 'stock')
             AND (e.valid_from, e.call_id) <= (l.observed_at, l.call_id)
           ORDER BY e.valid_from DESC, e.call_id DESC
           LIMIT 1) END AS stock,
         CASE WHEN p.has_first THEN f.valid_from END AS first_seen_at, CASE WHEN p.has_first THEN f.call_id END AS first_call_id,
         coalesce(l.observed_at, f.valid_from) AS last_listed_at, coalesce(l.call_id, f.call_id) AS last_listed_call_id
  FROM part p
  JOIN first f USING (offer_id, sku_id)
  JOIN placed s ON (s.offer_id, s.sku_id, s.track) = (p.offer_id, p.sku_id, 'state') AND s.valid_to IS NULL
  JOIN placed q ON (q.offer_id, q.sku_id, q.track) = (p.offer_id, p.sku_id, 'stock') AND q.valid_to IS NULL
  LEFT JOIN LATERAL (
    SELECT o.observed_at, o.call_id
    FROM catalog.observation o
    WHERE o.offer_id = p.offer_id AND o.source = 'detail' AND o.is_found
      AND (o.observed_at, o.call_id) < (s.valid_from, s.call_id)
      AND (o.read_sku_ids IS NULL OR p.sku_id = ANY (o.read_sku_ids))
    ORDER BY o.observed_at DESC, o.call_id DESC
    LIMIT 1
  ) l ON s.value IS NULL
),
typed AS (
  SELECT r.*
  FROM present p
  CROSS JOIN LATERAL jsonb_populate_record(
    NULL::catalog.sku,
    p.value || jsonb_build_object(
      'offer_id', p.offer_id, 'sku_id', p.sku_id, 'state', CASE WHEN p.is_listed THEN 'listed' ELSE 'gone' END, 'stock', p.stock,
      'last_listed_at', CASE WHEN NOT p.is_listed THEN p.last_listed_at END,
      'last_listed_call_id', CASE WHEN NOT p.is_listed THEN p.last_listed_call_id END,
      'changed_at', p.changed_at, 'call_id', p.call_id, 'first_seen_at', p.first_seen_at, 'first_call_id', p.first_call_id)) AS r
  UNION ALL
  -- No answer lists the SKU any more.
  SELECT r.*
  FROM part p
  JOIN catalog.sku k USING (offer_id, sku_id)
  LEFT JOIN first f USING (offer_id, sku_id)
  CROSS JOIN LATERAL jsonb_populate_record(
    k, jsonb_build_object(
      'state', 'gone', 'last_listed_at', coalesce(k.last_listed_at, k.first_seen_at, k.changed_at),
      'last_listed_call_id', coalesce(k.last_listed_call_id, k.first_call_id, k.call_id))) AS r
  WHERE f.offer_id IS NULL
),
written AS (
  INSERT INTO catalog.sku AS s
  SELECT t.*
  FROM typed t
  LEFT JOIN catalog.sku k USING (offer_id, sku_id)
  WHERE to_jsonb(k) IS DISTINCT FROM to_jsonb(t)
  ON CONFLICT (offer_id, sku_id) DO UPDATE
  SET state = excluded.state, spec_id = excluded.spec_id, cargo_number = excluded.cargo_number, label = excluded.label,
      attributes = excluded.attributes, stock = excluded.stock, image_url = excluded.image_url, weight_g = excluded.weight_g,
      weight_source = excluded.weight_source, length_mm = excluded.length_mm, width_mm = excluded.width_mm,
      height_mm = excluded.height_mm, size_source = excluded.size_source, last_listed_at = excluded.last_listed_at,
      last_listed_call_id = excluded.last_listed_call_id, changed_at = excluded.changed_at, call_id = excluded.call_id,
      first_seen_at = excluded.first_seen_at, first_call_id = excluded.first_call_id
  RETURNING s.offer_id
)
SELECT offer_id FROM removed_state
UNION SELECT offer_id FROM removed_stock
UNION SELECT offer_id FROM written_state
UNION SELECT offer_id FROM written_stock
UNION SELECT offer_id FROM written;
