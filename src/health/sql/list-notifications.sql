-- Purpose: open issues, and issues that are over and whose end may still have to be sent.
-- Params:  none
-- Returns: key, kind, severity, summary, remedy, path, beganAt, endedAt (null: it lasts), notifiedState (lasting,
--          over; null: nothing was sent yet), notifiedAt
SELECT issue AS key, kind, severity, summary, remedy, path, began_at AS "beganAt", ended_at AS "endedAt",
       notified_state AS "notifiedState", notified_at AS "notifiedAt"
FROM sync.notification
WHERE ended_at IS NULL OR CASE kind WHEN 'state' THEN notified_state = 'lasting' ELSE notified_state IS NULL END
ORDER BY began_at, issue;
