-- Purpose: what the catalog stores of given observations.
-- Params:  $1 bigint[] offer ids; $2 timestamptz[] and $3 bigint[] time and id of the call of each; $4 text source
-- Returns: offer_id, call_id, is_found, is_late of those that are booked
SELECT o.offer_id, o.call_id, o.is_found, o.is_late
FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[]) AS n (offer_id, observed_at, call_id)
JOIN catalog.observation o USING (offer_id, observed_at, call_id)
WHERE o.source = $4::text;
