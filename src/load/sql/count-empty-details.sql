-- Purpose: counts the empty detail answers of offers since given calls.
-- Params:  $1 bigint[] offer ids; $2 timestamptz[] and $3 bigint[] time and id of the call of each
-- Returns: offer_id, empty_detail_streak, for offers that have any
SELECT o.offer_id, count(*)::int AS empty_detail_streak
FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[]) AS since (offer_id, observed_at, call_id)
JOIN catalog.observation o ON o.offer_id = since.offer_id
WHERE o.source = 'detail'
  AND NOT o.is_found
  AND (o.observed_at, o.call_id) > (since.observed_at, since.call_id)
GROUP BY o.offer_id;
