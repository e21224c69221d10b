-- Purpose: records the state of each issue that a message reported to the receiver which took it.
-- Params:  $1 jsonb array of issue, notifiedState (lasting, over); $2 text receiver (all, urgent); $3 boolean false: another
--          receiver did not take its message
-- Returns: nothing
WITH clock AS (
  SELECT usage.ledger_now() AS now OFFSET 0
),
delivered AS (
  UPDATE sync.notification n
  SET notified_state = CASE $2::text WHEN 'all' THEN t."notifiedState" ELSE n.notified_state END,
      notified_at = CASE $2::text WHEN 'all' THEN clock.now ELSE n.notified_at END,
      urgent_state = CASE $2::text WHEN 'urgent' THEN t."notifiedState" ELSE n.urgent_state END,
      urgent_at = CASE $2::text WHEN 'urgent' THEN clock.now ELSE n.urgent_at END
  FROM jsonb_to_recordset($1::jsonb) AS t (issue text, "notifiedState" text), clock
  WHERE n.issue = t.issue
)
INSERT INTO sync.notification_delivery (delivered_at, attempted_at)
SELECT now, now FROM clock WHERE $3::boolean
ON CONFLICT (is_only_row) DO UPDATE
SET delivered_at = excluded.delivered_at, attempted_at = excluded.attempted_at, attempts = 0, failing_since = NULL,
    next_attempt_at = NULL, error_code = NULL, error = NULL;
