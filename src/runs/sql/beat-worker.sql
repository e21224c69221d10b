-- Purpose: records that a process works, and deletes those without a heartbeat for a day.
-- Params:  $1 uuid the process; $2 text name of its machine; $3 text hash of all that its catalog-sync.yaml says;
--          $4 text hash of the part of it that decides the calls of a run; $5 integer its process id; $6 text its version;
--          $7 integer jobs under way; $8 integer calls of the last minutes; $9 text|null code of its last error;
--          $10 timestamptz|null when that was; $11 text|null code by which it can't work at present; $12 boolean it works until it
--          is stopped
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
  INSERT INTO sync.worker AS w (worker_id, host, started_at, heartbeat_at, whole_file_hash, sync_file_hash, pid, version, jobs,
                           recent_calls, last_error_code, last_error_at, failing_code, failing_since, is_service)
  VALUES ($1::uuid, $2, clock_timestamp(), clock_timestamp(), $3, $4, $5::int, $6, $7::int, $8::int, $9, $10::timestamptz,
          $11, CASE WHEN $11::text IS NOT NULL THEN clock_timestamp() END, $12::boolean)
  ON CONFLICT (worker_id) DO UPDATE
  SET heartbeat_at = excluded.heartbeat_at, jobs = excluded.jobs, recent_calls = excluded.recent_calls,
      last_error_code = excluded.last_error_code, last_error_at = excluded.last_error_at, ended_at = NULL,
      failing_code = excluded.failing_code, is_service = excluded.is_service,
      failing_since = CASE WHEN w.failing_code = excluded.failing_code THEN w.failing_since ELSE excluded.failing_since END
)
-- A process without a heartbeat since this one began may be its own predecessor.
SELECT DISTINCT other.host
FROM sync.worker own
JOIN sync.worker other ON other.worker_id <> own.worker_id AND other.heartbeat_at > own.started_at
WHERE own.worker_id = $1::uuid AND other.heartbeat_at > clock_timestamp() - interval '1 minute' AND other.whole_file_hash <> $3
ORDER BY other.host;
