-- Purpose: binds the database to a source, and a live one to an app, where it is bound to none.
-- Params:  $1 text: sandbox or live; $2 text: key of the app; null: of none
-- Returns: one row: source and app of the database; wanted: fingerprint of $2
--
-- A live database of before the fingerprint belongs to the app of its newest call.
UPDATE sync.database_identity d
SET source = coalesce(d.source, $1::text),
    app_fingerprint = CASE
      WHEN $1::text = 'live' AND coalesce(d.source, 'live') = 'live' THEN coalesce(
        d.app_fingerprint,
        (SELECT sync.app_fingerprint(c.app_key) FROM usage.api_call c WHERE d.source = 'live' ORDER BY c.granted_at DESC LIMIT 1),
        sync.app_fingerprint($2::text))
      ELSE d.app_fingerprint
    END
RETURNING d.source, d.app_fingerprint AS app, sync.app_fingerprint($2::text) AS wanted;
