-- Purpose: deletes a seller, after everything that refers to it, and removes its id from the changes of offers that
--          once belonged to it.
-- Params:  $1 text seller id
-- Returns: nothing
WITH changes AS (
  UPDATE catalog.offer_change
  SET old = nullif(old, $1::text), new = nullif(new, $1::text)
  WHERE field = 'seller_id' AND $1::text IN (old, new)
),
observations AS (
  DELETE FROM sync.seller_observation WHERE seller_id = $1::text
),
states AS (
  DELETE FROM catalog.seller_history WHERE seller_id = $1::text
)
DELETE FROM catalog.seller WHERE seller_id = $1::text;
