-- Purpose: whether the price of an offer's newest row is the one that its newest detail has. A row has one price, and
--          1688 does not document for which quantity. So details have several candidate prices: the lowest list price
--          at the smallest quantity, at the next quantity, and so on. The row before shows which of them rows contain:
--          the one that equals a price of the newest details, or of the details before. If it equals none, rows and
--          details of the offer have different prices, and the answer is unknown, unless the newest ones are equal.
-- Params:  $1 jsonb [{offerId, at (of the newest row), rowAt (of the row before)}], each offer once
-- Returns: offerId, isSame (null: nobody can tell)
SELECT n."offerId", told.is_same AS "isSame"
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
  SELECT CASE WHEN bool_or(is_shown) THEN bool_or(latest = shown.amount_cny) FILTER (WHERE is_shown)
              WHEN bool_or(latest = shown.amount_cny) THEN true END AS is_same
  FROM (
    SELECT min(amount_cny) FILTER (WHERE is_latest) AS latest,
           before.amount_cny IN (min(amount_cny) FILTER (WHERE is_latest), min(amount_cny) FILTER (WHERE NOT is_latest)) AS is_shown
    FROM (
      SELECT e.is_latest, e.amount_cny, dense_rank() OVER (PARTITION BY e.is_latest ORDER BY e.min_quantity) AS place
      FROM (
        SELECT true AS is_latest, p.min_quantity, p.amount_cny FROM catalog.price p
        WHERE p.offer_id = n."offerId" AND p.kind = 'list'
        UNION ALL
        SELECT false, p.min_quantity, p.amount_cny FROM catalog.price p
        WHERE p.offer_id = n."offerId" AND p.kind = 'list' AND p.valid_from < change.first_at
        UNION ALL
        SELECT false, h.min_quantity, h.amount_cny FROM catalog.price_history h
        WHERE h.offer_id = n."offerId" AND h.kind = 'list' AND h.valid_from < change.first_at
          AND h.valid_to >= change.first_at
      ) e
    ) placed
    GROUP BY place
  ) point
) told;
