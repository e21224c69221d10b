-- Purpose: concerns that last, and those over of which somebody may have to be told.
-- Params:  none
-- Returns: key, kind, severity, summary, remedy, path, beganAt, endedAt (null: it lasts), told (lasting, over; null: nothing
--          yet), toldAt
SELECT concern AS key, kind, severity, summary, remedy, path, began_at AS "beganAt", ended_at AS "endedAt", told,
       told_at AS "toldAt"
FROM sync.notification
WHERE ended_at IS NULL OR CASE kind WHEN 'state' THEN told = 'lasting' ELSE told IS NULL END
ORDER BY began_at, concern;
