-- Purpose: every interval of the prices of some offers, current ones included.
-- Params:  $1 bigint[] offer ids; $2 boolean true: of search rows, false: of all other kinds
-- Returns: offer_id, sku_id, kind, min_quantity, amount_cny (text), valid_from, valid_to (null: it holds), call_id,
--          closed_by_call_id
SELECT offer_id, sku_id, kind, min_quantity, trim_scale(amount_cny)::text AS amount_cny, valid_from, valid_to, call_id,
       closed_by_call_id
FROM catalog.price_history
WHERE offer_id = ANY ($1::bigint[]) AND (kind::text LIKE 'search%') = $2::boolean
UNION ALL
SELECT offer_id, sku_id, kind, min_quantity, trim_scale(amount_cny)::text, valid_from, NULL, call_id, NULL
FROM catalog.price
WHERE offer_id = ANY ($1::bigint[]) AND (kind::text LIKE 'search%') = $2::boolean;
