-- Purpose: offers that sold out, came back in stock or were listed again since the first run of a trigger began; those
--          listed again come first. Stock is that of the newest two details.
-- Params:  $1 text trigger; $2 integer how many
-- Returns: offerId, subject, change, was
WITH since AS (
  SELECT min(started_at) AS began_at FROM sync.run WHERE trigger = $1::text
),
listed AS (
  SELECT DISTINCT ON (c.offer_id) c.offer_id, 'listed_again' AS change, c.old AS was
  FROM catalog.offer_change c
  JOIN catalog.offer o USING (offer_id)
  WHERE c.field = 'state' AND c.new = 'listed' AND c.old IN ('missing', 'gone', 'delisted')
    AND c.observed_at >= (SELECT began_at FROM since) AND o.state = 'listed'
  ORDER BY c.offer_id, c.observed_at DESC
),
stock AS (
  SELECT o.offer_id, o.observed_at, o.stock,
         lead(o.stock) OVER (PARTITION BY o.offer_id ORDER BY o.observed_at DESC) AS was,
         row_number() OVER (PARTITION BY o.offer_id ORDER BY o.observed_at DESC) AS nth
  FROM catalog.observation o
  WHERE o.source = 'detail' AND o.is_found AND o.stock IS NOT NULL
),
counted AS (
  SELECT offer_id, CASE stock WHEN 0 THEN 'sold_out' ELSE 'in_stock_again' END AS change, was::text AS was
  FROM stock
  WHERE nth = 1 AND (stock = 0) <> (was = 0) AND observed_at >= (SELECT began_at FROM since)
)
SELECT offer_id::text AS "offerId", o.subject, a.change, a.was
FROM (SELECT * FROM listed UNION ALL SELECT * FROM counted) a
JOIN catalog.offer o USING (offer_id)
ORDER BY array_position(ARRAY['listed_again', 'sold_out', 'in_stock_again'], a.change), offer_id
LIMIT $2::int;
