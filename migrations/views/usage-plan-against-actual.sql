-- Purpose: of each run and operation the calls that were planned as it began, beside those it made. The calls are counted by
--          the index over run_id, a run at a time.
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

COMMENT ON VIEW usage.plan_against_actual IS 'Of each run and operation the calls that were planned as it began, and those it made. Key: run_id, operation.';
COMMENT ON COLUMN usage.plan_against_actual.run_id IS 'Run (sync.run).';
COMMENT ON COLUMN usage.plan_against_actual.scope IS 'all, feed:<name>, or feeds:<name>,<name>.';
COMMENT ON COLUMN usage.plan_against_actual.trigger IS 'cli, web, demo, or the name of a schedule.';
COMMENT ON COLUMN usage.plan_against_actual.status IS 'queued, running, succeeded, partial_quota, partial_error, failed or cancelled.';
COMMENT ON COLUMN usage.plan_against_actual.started_at IS 'When it started.';
COMMENT ON COLUMN usage.plan_against_actual.ended_at IS 'When it ended; null: it is active, so that calls are still to come.';
COMMENT ON COLUMN usage.plan_against_actual.operation IS 'What was asked for, by meaning.';
COMMENT ON COLUMN usage.plan_against_actual.api IS 'The API that was asked; null: none of the planned calls was made.';
COMMENT ON COLUMN usage.plan_against_actual.planned_calls IS 'Calls that were expected; where nothing was known of the feeds of the run yet, the most that it could take. Null: no forecast could be made for the run.';
COMMENT ON COLUMN usage.plan_against_actual.used_calls IS 'Calls it made that count: neither refunded nor exempt.';
COMMENT ON COLUMN usage.plan_against_actual.excess_calls IS 'Used less planned: below zero when fewer were needed, a limit ended the run, or planned_calls is the most that it could take.';
