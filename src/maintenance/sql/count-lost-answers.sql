-- Purpose: counts answers of calls that are no longer stored: of an offer, those of its observations;
--          otherwise those of calls from before the oldest answer that is kept.
-- Params:  $1 bigint|null offer id; $2 timestamptz|null only those asked for since; $3 timestamptz|null when the oldest
--          answer was asked for that is kept; $4 text|null operation
-- Returns: lost (integer)
SELECT CASE
  WHEN $1::bigint IS NOT NULL THEN (
    SELECT count(*)::int
    FROM catalog.observation o
    WHERE o.offer_id = $1::bigint
      AND ($2::timestamptz IS NULL OR o.observed_at >= $2::timestamptz)
      AND ($4::text IS NULL OR (o.source = 'detail') = ($4::text = 'offer.detail'))
      AND NOT EXISTS (SELECT FROM raw.payload p WHERE p.call_id = o.call_id)
  )
  ELSE (
    SELECT count(*)::int
    FROM usage.api_call c
    WHERE c.granted_at < coalesce($3::timestamptz, 'infinity')
      AND c.raw_id IS NOT NULL
      AND ($2::timestamptz IS NULL OR c.granted_at >= $2::timestamptz)
      AND ($4::text IS NULL OR c.operation = $4::text)
      AND NOT EXISTS (SELECT FROM raw.payload p WHERE p.raw_id = c.raw_id)
  )
END AS lost;
