-- Purpose: gives sellers the name that an older answer states, if no newer one states another. Their observations are
--          locked (lock-sellers).
-- Params:  $1 text[] seller ids, $2 text[] their names
-- Returns: nothing
UPDATE catalog.seller s
SET company_name = n.company_name
FROM unnest($1::text[], $2::text[]) AS n (seller_id, company_name)
WHERE s.seller_id = n.seller_id AND s.company_name IS DISTINCT FROM n.company_name;
