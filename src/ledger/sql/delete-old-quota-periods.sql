-- Purpose: deletes the counts of quota periods that ended long ago.
-- Params:  $1 timestamptz those that ended before; $2 int most rows
-- Returns: nothing; the row count is how many it deleted
DELETE FROM usage.quota_period
WHERE period_id IN (
  SELECT period_id FROM usage.quota_period WHERE ends_at < $1::timestamptz LIMIT $2::int
);
