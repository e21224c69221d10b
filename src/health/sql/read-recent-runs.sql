-- Purpose: the newest runs, for people.
-- Params:  $1 integer how many
-- Returns: a row a run, newest first
SELECT run_id AS "runId", scope, trigger, status, cause, calls_used AS "callsUsed", budget_calls AS "budgetCalls",
       offers_new AS "offersNew", offers_changed AS "offersChanged", rejects, errors, forecast,
       requested_at AS "requestedAt", started_at AS "startedAt", ended_at AS "endedAt"
FROM sync.run
ORDER BY run_id DESC
LIMIT $1::int;
