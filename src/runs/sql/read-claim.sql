-- Purpose: whose data this database holds, as sync.database_identity has it, and whether an app is another one.
-- Params:  $1 text: key of the app
-- Returns: one row: source and app of the database; wanted: fingerprint of $1
SELECT d.source,
       coalesce(
         d.app_fingerprint,
         (SELECT sync.app_fingerprint(c.app_key) FROM usage.api_call c WHERE d.source = 'live' ORDER BY c.granted_at DESC LIMIT 1)
       ) AS app,
       sync.app_fingerprint($1::text) AS wanted
FROM sync.database_identity d;
