-- Purpose: offers with prices that an answer of the other source ended. An older release does that if it does not know
--          their kind.
-- Params:  $1 bigint[] offer ids; $2 text source (search, detail): prices of search rows, or all others
-- Returns: offer_id
SELECT DISTINCT h.offer_id
FROM catalog.price_history h
JOIN catalog.observation o ON (o.offer_id, o.observed_at, o.call_id) = (h.offer_id, h.valid_to, h.closed_by_call_id)
WHERE h.offer_id = ANY ($1::bigint[]) AND (h.kind::text LIKE 'search%') = ($2::text = 'search') AND o.source <> $2::text;
