-- Purpose: for each run and operation, the calls planned when the run began, and the calls made. Counts the calls one
--          run at a time, by the index on run_id.
CREATE VIEW usage.plan_against_actual AS
SELECT r.run_id, r.scope, r.trigger, r.status, r.started_at, r.ended_at, c.operation, c.api, c.planned_calls, c.used_calls,
       c.used_calls - c.planned_calls AS excess_calls
FROM sync.run r
CROSS JOIN LATERAL (
  SELECT operation, max(api) AS api, CASE WHEN r.forecast IS NOT NULL THEN sum(planned) END AS planned_calls,
         sum(used)::int AS used_calls
  FROM (
    SELECT key AS operation, NULL AS api, value::numeric AS planned, 0 AS used
    FROM jsonb_each_text(r.forecast -> 'calls')
    UNION ALL
    SELECT operation, max(api), 0, count(*)
    FROM usage.api_call
    WHERE run_id = r.run_id AND state <> 'refunded' AND NOT is_exempt
    GROUP BY operation
  ) both_sides
  GROUP BY operation
  HAVING sum(planned) > 0 OR sum(used) > 0
) c;

COMMENT ON VIEW usage.plan_against_actual IS 'Calls planned when a run began, and calls made, for each run and operation. Key: run_id, operation.';
COMMENT ON COLUMN usage.plan_against_actual.run_id IS 'Run (sync.run).';
COMMENT ON COLUMN usage.plan_against_actual.scope IS 'all, feed:<name>, or feeds:<name>,<name>.';
COMMENT ON COLUMN usage.plan_against_actual.trigger IS 'cli, web, demo, or the name of a schedule.';
COMMENT ON COLUMN usage.plan_against_actual.status IS 'queued, running, succeeded, partial_quota, partial_error, failed or cancelled.';
COMMENT ON COLUMN usage.plan_against_actual.started_at IS 'Time at which the run started.';
COMMENT ON COLUMN usage.plan_against_actual.ended_at IS 'Time at which the run ended; null: it is active, so more calls may follow.';
COMMENT ON COLUMN usage.plan_against_actual.operation IS 'Kind of request, such as offer.detail or search.keyword.';
COMMENT ON COLUMN usage.plan_against_actual.api IS 'The API that was called; null: none of the planned calls was made.';
COMMENT ON COLUMN usage.plan_against_actual.planned_calls IS 'Expected calls; if nothing was known of the run''s feeds yet, the most that it could take. Null: no forecast was possible for the run.';
COMMENT ON COLUMN usage.plan_against_actual.used_calls IS 'Calls that count: neither refunded nor exempt.';
COMMENT ON COLUMN usage.plan_against_actual.excess_calls IS 'used_calls minus planned_calls. Negative when fewer calls were needed, a limit ended the run, or planned_calls is the most that it could take.';
