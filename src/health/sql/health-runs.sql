-- Purpose: runs that need attention: those of the last week that failed or are incomplete, as long as no later run of
--          the same feeds has ended, or of all feeds, which then are all that the sync file has, unless its sync file took turns
--          with theirs before: then it is another one, and not theirs as it was changed; and active ones without a driver.
-- Params:  none
-- Returns: runId, scope, status, cause, lastErrorCode, errors, postponed, nextTryAt, endedAt (null: it is active), heardAt
--          (when a process last worked on it), the newest first
WITH newest AS (
  SELECT run_id, scope, status, cause, last_error_code, errors, postponed, next_try_at, feeds, sync_file_hash, ended_at,
         coalesce(heartbeat_at, requested_at) AS heard_at
  FROM sync.run
  ORDER BY run_id DESC
  -- A schedule for each minute has ended a run that went wrong long before these are over.
  LIMIT 200
)
SELECT r.run_id::text AS "runId", r.scope, r.status, r.cause, r.last_error_code AS "lastErrorCode", r.errors,
       r.postponed, r.next_try_at AS "nextTryAt", r.ended_at AS "endedAt", r.heard_at AS "heardAt"
FROM newest r
WHERE (r.ended_at IS NULL AND r.heard_at < clock_timestamp() - interval '30 seconds')
   OR (r.status IN ('failed', 'partial_error')
       AND r.ended_at > usage.ledger_now() - interval '7 days'
       AND NOT EXISTS (
         SELECT
         FROM newest later
         WHERE later.run_id > r.run_id AND later.ended_at IS NOT NULL AND later.status <> 'cancelled'
           AND (later.feeds @> r.feeds
                OR later.scope = 'all' AND NOT EXISTS (
                  SELECT
                  FROM newest before
                  JOIN newest own ON own.sync_file_hash = r.sync_file_hash AND own.run_id < before.run_id
                  WHERE before.sync_file_hash = later.sync_file_hash AND before.run_id < r.run_id
                ))
       ))
ORDER BY r.run_id DESC;
