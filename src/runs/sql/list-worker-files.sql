-- Purpose: by which sync files processes work that were heard of lately: within three beats, so that one that was just
--          replaced is soon forgotten.
-- Params:  none
-- Returns: syncHash, hosts (text array); null: a version that did not say, left out
SELECT sync_hash AS "syncHash", array_agg(DISTINCT host ORDER BY host) AS hosts
FROM sync.worker
WHERE heartbeat_at > clock_timestamp() - interval '15 seconds' AND sync_hash IS NOT NULL
GROUP BY sync_hash
ORDER BY hosts, sync_hash;
