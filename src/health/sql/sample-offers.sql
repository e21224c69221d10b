-- Purpose: picks offers at random places of the catalog, ten neighbours at each, by the index alone.
-- Params:  $1 integer how many places
-- Returns: offerId
WITH place AS MATERIALIZED (
  SELECT r.lowest + floor(random() * (r.highest - r.lowest + 1))::bigint AS offer_id
  FROM (SELECT min(offer_id) AS lowest, max(offer_id) AS highest FROM catalog.offer) r
  CROSS JOIN generate_series(1, $1::int)
)
SELECT DISTINCT o.offer_id AS "offerId"
FROM place
CROSS JOIN LATERAL (
  SELECT k.offer_id FROM catalog.offer k WHERE k.offer_id >= place.offer_id ORDER BY k.offer_id LIMIT 10
) o;
