-- Purpose: binds a live database to another app, and records who had it done.
-- Params:  $1 text: key of the app; $2 text: who
-- Returns: one row or none: outcome, as it is recorded; none: the database is not live, or bound to this app
WITH adopted AS (
  UPDATE sync.database_identity d SET app_fingerprint = sync.app_fingerprint($1::text)
  FROM sync.database_identity before
  WHERE d.source = 'live' AND before.database_id = d.database_id
    AND before.app_fingerprint IS DISTINCT FROM sync.app_fingerprint($1::text)
  RETURNING before.app_fingerprint AS app_before, d.app_fingerprint AS app
)
INSERT INTO sync.operator_action (actor, action, subject, outcome)
SELECT $2::text, 'adopt', 'database', concat('app ', app, ' replaces ', coalesce(app_before, 'none')) FROM adopted
RETURNING outcome;
