-- Purpose: makes the prices of locked offers those of an answer, which is complete for its kinds: a search row for
--          kinds that begin with search, a detail answer for all others. An absent price ends, unless the answer has
--          something for it that cannot be read. An ended price goes to the history as [valid_from, valid_to), with the
--          price that holds after valid_to. A price that never held for any time has no interval.
-- Params:  $1 jsonb [{offer_id, call_id, at, is_search}], each offer once; $2 jsonb [{offer_id, sku_id, kind,
--          min_quantity, amount_cny}]; $3 jsonb what can't be read: [{offer_id, sku_id, kind, min_quantity}], null = any
--          SKU, any quantity
-- Returns: offer_id, opened, closed, is_quote_changed (others than search_... did) for offers whose prices changed
WITH answer AS (
  SELECT *
  FROM jsonb_to_recordset($1::jsonb) AS a (offer_id bigint, call_id bigint, at timestamptz, is_search boolean)
),
n AS (
  SELECT *
  FROM jsonb_to_recordset($2::jsonb)
    AS p (offer_id bigint, sku_id bigint, kind catalog.price_kind, min_quantity int, amount_cny numeric(14, 4))
),
unread AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($3::jsonb) AS u (offer_id bigint, sku_id bigint, kind catalog.price_kind, min_quantity int)
),
ended AS (
  SELECT p.*, a.at, a.call_id AS closed_by_call_id, n.amount_cny AS next_amount_cny, n.offer_id IS NULL AS is_absent
  FROM answer a
  JOIN catalog.price p ON p.offer_id = a.offer_id AND (p.kind::text LIKE 'search%') = a.is_search
  LEFT JOIN n ON (n.offer_id, n.sku_id, n.kind, n.min_quantity) = (p.offer_id, p.sku_id, p.kind, p.min_quantity)
  WHERE n.amount_cny IS DISTINCT FROM p.amount_cny
    AND (n.offer_id IS NOT NULL OR NOT EXISTS (
      SELECT FROM unread u
      WHERE (u.offer_id, u.kind) = (p.offer_id, p.kind)
        AND CASE WHEN u.sku_id IS NULL THEN p.sku_id <> 0 ELSE u.sku_id = p.sku_id END
        AND coalesce(u.min_quantity = p.min_quantity, true)))
),
closed AS (
  INSERT INTO catalog.price_history
    (offer_id, sku_id, kind, min_quantity, valid_from, valid_to, amount_cny, next_amount_cny, call_id, closed_by_call_id)
  SELECT offer_id, sku_id, kind, min_quantity, valid_from, at, amount_cny, next_amount_cny, call_id, closed_by_call_id
  FROM ended
  WHERE valid_from < at
  RETURNING offer_id, kind
),
-- What an answer of the same instant ended is followed by what holds once the instant is over.
followed AS (
  UPDATE catalog.price_history h
  SET next_amount_cny = f.next_amount_cny
  FROM (
    SELECT offer_id, sku_id, kind, min_quantity, at, next_amount_cny FROM ended WHERE valid_from = at
    UNION ALL
    SELECT n.offer_id, n.sku_id, n.kind, n.min_quantity, a.at, n.amount_cny
    FROM answer a
    JOIN n USING (offer_id)
    LEFT JOIN catalog.price k USING (offer_id, sku_id, kind, min_quantity)
    WHERE k.offer_id IS NULL
  ) f
  WHERE (h.offer_id, h.sku_id, h.kind, h.min_quantity, h.valid_to) = (f.offer_id, f.sku_id, f.kind, f.min_quantity, f.at)
),
dropped AS (
  DELETE FROM catalog.price p
  USING ended e
  WHERE e.is_absent
    AND (p.offer_id, p.sku_id, p.kind, p.min_quantity) = (e.offer_id, e.sku_id, e.kind, e.min_quantity)
),
opened AS (
  INSERT INTO catalog.price AS p (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
  SELECT n.offer_id, n.sku_id, n.kind, n.min_quantity, n.amount_cny, a.at, a.call_id
  FROM answer a
  JOIN n USING (offer_id)
  LEFT JOIN catalog.price k USING (offer_id, sku_id, kind, min_quantity)
  WHERE k.amount_cny IS DISTINCT FROM n.amount_cny
  ON CONFLICT (offer_id, sku_id, kind, min_quantity) DO UPDATE
  SET amount_cny = excluded.amount_cny, valid_from = excluded.valid_from, call_id = excluded.call_id
  RETURNING offer_id, kind
)
SELECT offer_id, sum(opened)::int AS opened, sum(closed)::int AS closed, bool_or(kind::text NOT LIKE 'search\_%') AS is_quote_changed
FROM (
  SELECT offer_id, kind, 1 AS opened, 0 AS closed FROM opened
  UNION ALL
  SELECT offer_id, kind, 0, 1 FROM closed
) changed
GROUP BY offer_id;
