-- Purpose: forgets whether a seller's shop repriced.
-- Params:  $1 text seller id
-- Returns: nothing
DELETE FROM sync.shop_suspicion WHERE seller_id = $1::text;
