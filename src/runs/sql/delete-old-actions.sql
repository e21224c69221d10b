-- Purpose: forgets what people had the pages do long ago.
-- Params:  $1 timestamptz those before; $2 int most rows
-- Returns: nothing; the row count is how many it deleted
DELETE FROM sync.operator_action
WHERE action_id IN (SELECT action_id FROM sync.operator_action WHERE acted_at < $1::timestamptz LIMIT $2::int);
