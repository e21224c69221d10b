-- Purpose: what people had the pages do, newest first.
-- Params:  $1 integer how many
-- Returns: actedAt, actor, action, subject, outcome
SELECT acted_at AS "actedAt", actor, action, subject, outcome
FROM sync.operator_action
ORDER BY action_id DESC
LIMIT $1::int;
