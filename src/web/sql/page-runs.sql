-- Purpose: runs for a page of them, newest first.
-- Params:  $1 bigint|null only those before this run; $2 integer how many; $3 text|null state; $4 text|null scope; $5 text|null
--          trigger; $6 timestamptz|null begun from; $7 timestamptz|null begun before
-- Returns: runId, scope, trigger, status, cause, callsUsed, budgetCalls, offersNew, offersCompleted, offersChanged, pricesClosed, rejects,
--          errors, lastErrorCode, postponed, nextTryAt (null: none is), forecast (null: there is none), requestedAt, startedAt, endedAt, deadlineAt, isDriven
--          (active, with a driver: the process that begins a run counts, too, and need not be a worker)
SELECT run_id::text AS "runId", scope, trigger, status, cause, calls_used AS "callsUsed", budget_calls AS "budgetCalls",
       feeds, categories_seen AS "categories", offers_new AS "offersNew", offers_completed AS "offersCompleted", offers_changed AS "offersChanged",
       offers_unchanged AS "offersUnchanged", prices_opened AS "pricesOpened", prices_closed AS "pricesClosed", rejects,
       errors, last_error_code AS "lastErrorCode", postponed, next_try_at AS "nextTryAt", forecast, requested_at AS "requestedAt", started_at AS "startedAt",
       ended_at AS "endedAt", deadline_at AS "deadlineAt",
       status IN ('queued', 'running') AND heartbeat_at > clock_timestamp() - interval '15 seconds'
         AND EXISTS (SELECT FROM sync.worker w WHERE w.heartbeat_at > clock_timestamp() - interval '1 minute') AS "isDriven"
FROM sync.run
WHERE ($1::bigint IS NULL OR run_id < $1::bigint)
  AND ($3::text IS NULL OR status = $3::text)
  AND ($4::text IS NULL OR scope = $4::text)
  AND ($5::text IS NULL OR trigger = $5::text)
  AND ($6::timestamptz IS NULL OR coalesce(started_at, requested_at) >= $6::timestamptz)
  AND ($7::timestamptz IS NULL OR coalesce(started_at, requested_at) < $7::timestamptz)
ORDER BY run_id DESC
LIMIT $2::int;
