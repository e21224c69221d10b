-- Purpose: rewinds the prices of locked offers to just before a call: what began since is removed, what ended since is
--          current again.
-- Params:  $1 jsonb [{offer_id, at, call_id}], each offer once; $2 boolean true: prices of search rows, false: of all other kinds
-- Returns: nothing
WITH start AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS s (offer_id bigint, at timestamptz, call_id bigint)
),
undone AS (
  DELETE FROM catalog.price_history h
  USING start s
  WHERE h.offer_id = s.offer_id AND (h.kind::text LIKE 'search%') = $2::boolean AND (h.valid_to, h.closed_by_call_id) >= (s.at, s.call_id)
  RETURNING h.*, (h.valid_from, h.call_id) < (s.at, s.call_id) AS holds_again
),
reopened AS (
  SELECT DISTINCT ON (offer_id, sku_id, kind, min_quantity) *
  FROM undone
  WHERE holds_again
  ORDER BY offer_id, sku_id, kind, min_quantity, valid_from DESC
),
dropped AS (
  DELETE FROM catalog.price p
  USING start s
  WHERE p.offer_id = s.offer_id AND (p.kind::text LIKE 'search%') = $2::boolean AND (p.valid_from, p.call_id) >= (s.at, s.call_id)
    AND NOT EXISTS (
      SELECT FROM reopened r
      WHERE (r.offer_id, r.sku_id, r.kind, r.min_quantity) = (p.offer_id, p.sku_id, p.kind, p.min_quantity)
    )
)
INSERT INTO catalog.price AS p (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
SELECT offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id FROM reopened
ON CONFLICT (offer_id, sku_id, kind, min_quantity) DO UPDATE
SET amount_cny = excluded.amount_cny, valid_from = excluded.valid_from, call_id = excluded.call_id;
