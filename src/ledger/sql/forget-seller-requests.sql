-- Purpose: removes a seller's id from the requests of calls. They stay counted.
-- Params:  $1 text seller id
-- Returns: nothing
UPDATE usage.api_call
SET request = jsonb_set(request, '{sellerId}', '"erased"')
WHERE request @> jsonb_build_object('sellerId', $1::text);
