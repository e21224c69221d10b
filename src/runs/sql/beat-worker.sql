-- Purpose: records that a process works, and deletes those without a heartbeat for a day.
-- Params:  $1 uuid the process; $2 text name of its machine; $3 text hash of all that its catalog-sync.yaml says;
--          $4 text hash of the part of it that decides the calls of a run
-- Returns: host of each other process that works by another file
WITH forgotten AS (
  DELETE FROM sync.worker
  WHERE worker_id IN (
    SELECT worker_id
    FROM sync.worker
    WHERE worker_id <> $1::uuid AND heartbeat_at < clock_timestamp() - interval '1 day'
    FOR UPDATE SKIP LOCKED
  )
),
said AS (
  INSERT INTO sync.worker (worker_id, host, started_at, heartbeat_at, whole_file_hash, sync_file_hash)
  VALUES ($1::uuid, $2, clock_timestamp(), clock_timestamp(), $3, $4)
  ON CONFLICT (worker_id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at
)
-- A process without a heartbeat since this one began may be its own predecessor.
SELECT DISTINCT other.host
FROM sync.worker own
JOIN sync.worker other ON other.worker_id <> own.worker_id AND other.heartbeat_at > own.started_at
WHERE own.worker_id = $1::uuid AND other.heartbeat_at > clock_timestamp() - interval '1 minute' AND other.whole_file_hash <> $3
ORDER BY other.host;
