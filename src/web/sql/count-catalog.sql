-- Purpose: how large and how fresh the catalog is. Reads all offers: seconds at millions.
-- Params:  none
-- Returns: one row: at (the ledger's now), offers, listed, neverDetailed, within1d, within7d (offers by their newest detail
--          answer), medianAgeH, categories, sellers, skus
SELECT c.now AS at, o.*,
       (SELECT count(*)::float8 FROM catalog.category) AS categories,
       (SELECT count(*)::float8 FROM catalog.seller) AS sellers,
       (SELECT count(*)::float8 FROM catalog.sku) AS skus
FROM (SELECT usage.ledger_now() AS now OFFSET 0) c
CROSS JOIN LATERAL (
  SELECT count(*)::float8 AS offers,
         count(*) FILTER (WHERE o.state = 'listed')::float8 AS listed,
         count(*) FILTER (WHERE r.detail_at IS NULL)::float8 AS "neverDetailed",
         count(*) FILTER (WHERE r.detail_at > c.now - interval '1 day')::float8 AS "within1d",
         count(*) FILTER (WHERE r.detail_at > c.now - interval '7 days')::float8 AS "within7d",
         (extract(epoch FROM c.now - percentile_disc(0.5) WITHIN GROUP (ORDER BY r.detail_at)) / 3600)::float8
           AS "medianAgeH"
  FROM catalog.offer o
  LEFT JOIN sync.refresh r USING (offer_id)
) o;
