-- Purpose: says that a process works, and forgets those that were not heard of for a day.
-- Params:  $1 uuid the process; $2 text name of its machine
-- Returns: nothing
WITH forgotten AS (
  DELETE FROM sync.worker
  WHERE worker_id IN (
    SELECT worker_id
    FROM sync.worker
    WHERE worker_id <> $1::uuid AND heartbeat_at < clock_timestamp() - interval '1 day'
    FOR UPDATE SKIP LOCKED
  )
)
INSERT INTO sync.worker (worker_id, host, started_at, heartbeat_at)
VALUES ($1::uuid, $2, clock_timestamp(), clock_timestamp())
ON CONFLICT (worker_id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at;
