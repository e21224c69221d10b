-- Purpose: whether the price that the newest row of an offer shows is the one that its newest detail has, which is the
--          lowest list price at the smallest quantity. Where the row before showed neither that one nor the one of the
--          details before it, rows and details of the offer have different prices, and nobody can tell.
-- Params:  $1 jsonb [{offerId, at (of the newest row), rowAt (of the row before)}], each offer once
-- Returns: offerId, isSame (null: nobody can tell)
SELECT n."offerId",
       CASE WHEN shown.amount_cny = detail.latest THEN true
            WHEN before.amount_cny IN (detail.latest, detail.earlier) THEN false END AS "isSame"
FROM jsonb_to_recordset($1::jsonb) AS n ("offerId" bigint, at timestamptz, "rowAt" timestamptz)
LEFT JOIN catalog.price shown ON (shown.offer_id, shown.sku_id, shown.kind) = (n."offerId", 0, 'search')
LEFT JOIN catalog.price_history before
  ON (before.offer_id, before.sku_id, before.kind, before.valid_to) = (n."offerId", 0, 'search', n.at)
CROSS JOIN LATERAL (
  SELECT min(h.valid_to) AS first_at
  FROM catalog.price_history h
  WHERE h.offer_id = n."offerId" AND h.kind = 'list' AND h.valid_to > n."rowAt"
) change
CROSS JOIN LATERAL (
  SELECT (
    SELECT p.amount_cny FROM catalog.price p
    WHERE p.offer_id = n."offerId" AND p.kind = 'list'
    ORDER BY p.min_quantity, p.amount_cny LIMIT 1
  ) AS latest, (
    SELECT e.amount_cny
    FROM (
      SELECT p.min_quantity, p.amount_cny FROM catalog.price p
      WHERE p.offer_id = n."offerId" AND p.kind = 'list' AND p.valid_from < change.first_at
      UNION ALL
      SELECT h.min_quantity, h.amount_cny FROM catalog.price_history h
      WHERE h.offer_id = n."offerId" AND h.kind = 'list' AND h.valid_from < change.first_at
        AND h.valid_to >= change.first_at
    ) e
    ORDER BY e.min_quantity, e.amount_cny LIMIT 1
  ) AS earlier
) detail;
