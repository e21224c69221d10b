-- Purpose: records the state that a delivered message reported of each issue.
-- Params:  $1 jsonb array of issue, notifiedState (lasting, over); $2 boolean false: another receiver did not take the message
-- Returns: nothing
WITH clock AS (
  SELECT usage.ledger_now() AS now OFFSET 0
),
delivered AS (
  UPDATE sync.notification n SET notified_state = t."notifiedState", notified_at = clock.now
  FROM jsonb_to_recordset($1::jsonb) AS t (issue text, "notifiedState" text), clock
  WHERE n.issue = t.issue
)
INSERT INTO sync.notification_delivery (delivered_at, attempted_at)
SELECT now, now FROM clock WHERE $2::boolean
ON CONFLICT (is_only_row) DO UPDATE
SET delivered_at = excluded.delivered_at, attempted_at = excluded.attempted_at, attempts = 0, failing_since = NULL,
    next_attempt_at = NULL, error_code = NULL, error = NULL;
