-- Purpose: the state of the sync, for the metrics.
-- Params:  $1 text app key
-- Returns: one row: now (of the ledger), unloaded, workers (with a heartbeat within a minute), workerAt (null: none ever),
--          activeRuns, answeredAt (the newest good answer of the last 31 days; null: none), logInBy (when the tokens that are kept can
--          no longer be renewed; null: not known), failedNotifications (attempts since one was taken), unknownFields,
--          missingFields, retypedFields
SELECT c.now,
       (SELECT count(*)::int FROM raw.payload WHERE loaded_at IS NULL) AS unloaded,
       (SELECT count(*)::int FROM sync.worker WHERE heartbeat_at > clock_timestamp() - interval '1 minute') AS workers,
       (SELECT max(heartbeat_at) FROM sync.worker) AS "workerAt",
       (SELECT count(*)::int FROM sync.run WHERE status IN ('queued', 'running')) AS "activeRuns",
       (SELECT granted_at FROM usage.api_call
        WHERE granted_at > c.now - interval '31 days' AND outcome = 'ok' AND NOT is_exempt
        ORDER BY granted_at DESC LIMIT 1) AS "answeredAt",
       -- A refresh token renews the access token, also one whose end is not known: that of ALIBABA_REFRESH_TOKEN.
       (SELECT coalesce(refresh_expires_at, CASE WHEN refresh_token IS NULL THEN access_expires_at END)
        FROM sync.token WHERE app_key = $1::text) AS "logInBy",
       coalesce((SELECT attempts FROM sync.notification_delivery), 0) AS "failedNotifications",
       d.*
FROM (SELECT usage.ledger_now() AS now OFFSET 0) c
CROSS JOIN (
  SELECT count(*) FILTER (WHERE kind = 'unknown')::int AS "unknownFields",
         count(*) FILTER (WHERE kind = 'missing')::int AS "missingFields",
         count(*) FILTER (WHERE kind = 'retyped')::int AS "retypedFields"
  FROM sync.drift
) d;
