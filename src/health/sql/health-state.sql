-- Purpose: the state of the sync, as far as health issues need it. Reads no table that grows with the catalog.
-- Params:  $1 text app key
-- Returns: one row: now (of the ledger), source (of the data: sandbox, live; null: there is none yet), logInBy (when the tokens
--          that are kept can no longer be renewed; null: not known), answeredAt (the newest good answer of the last 31 days, to the hour when it is more than 51 hours old; null:
--          none), firstRunAt (the first run that ended; null: none), lastRunAt
--          and lastRunStatus (of the newest run that ended by itself; null: none), unloaded and unloadedSince
--          (answers that are not in the catalog, and when the oldest of them was stored), newDrifts and newestDriftAt (fields of
--          answers that were first seen within a day not to be as they are known)
SELECT c.now, (SELECT source FROM sync.database_identity) AS source,
       -- A refresh token renews the access token, also one whose end is not known: that of ALIBABA_REFRESH_TOKEN.
       (SELECT coalesce(refresh_expires_at, CASE WHEN refresh_token IS NULL THEN access_expires_at END)
        FROM sync.token WHERE app_key = $1::text) AS "logInBy",
       coalesce(
         (SELECT granted_at FROM usage.api_call
          WHERE granted_at > c.now - interval '51 hours' AND outcome = 'ok' AND NOT is_exempt
          ORDER BY granted_at DESC LIMIT 1),
         -- A month of calls that all fail is much to read; their hours are few.
         (SELECT hour FROM usage.hour_total
          WHERE hour > c.now - interval '31 days' AND outcome = 'ok' AND NOT is_exempt
          ORDER BY hour DESC LIMIT 1)
       ) AS "answeredAt",
       (SELECT ended_at FROM sync.run WHERE ended_at IS NOT NULL ORDER BY run_id LIMIT 1) AS "firstRunAt",
       r.ended_at AS "lastRunAt", r.status AS "lastRunStatus", p.unloaded, p.since AS "unloadedSince",
       d.fields AS "newDrifts", d.newest_at AS "newestDriftAt"
FROM (SELECT usage.ledger_now() AS now OFFSET 0) c
LEFT JOIN LATERAL (
  SELECT ended_at, status FROM sync.run
  WHERE ended_at IS NOT NULL AND status <> 'cancelled'
  ORDER BY run_id DESC LIMIT 1
) r ON true
CROSS JOIN (SELECT count(*)::int AS unloaded, min(stored_at) AS since FROM raw.payload WHERE loaded_at IS NULL) p
CROSS JOIN LATERAL (
  SELECT count(*)::int AS fields, max(first_seen_at) AS newest_at
  FROM sync.drift
  WHERE first_seen_at > c.now - interval '1 day'
) d;
