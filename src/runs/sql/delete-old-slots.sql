-- Purpose: forgets slots of schedules that are long past. The newest of each schedule stays, for it says until when they are
--          decided.
-- Params:  $1 timestamptz those before; $2 int most rows
-- Returns: nothing; the row count is how many it deleted
DELETE FROM sync.slot
WHERE (schedule, slot_at) IN (
  SELECT schedule, slot_at
  FROM sync.slot old
  WHERE slot_at < $1::timestamptz
    AND EXISTS (SELECT FROM sync.slot newer WHERE newer.schedule = old.schedule AND newer.slot_at > old.slot_at)
  LIMIT $2::int
);
