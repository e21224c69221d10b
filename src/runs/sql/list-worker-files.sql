-- Purpose: the sync files of processes with a recent heartbeat: within three beats, so that one that was just
--          replaced is soon forgotten.
-- Params:  none
-- Returns: wholeFileHash, hosts (text array); null: a version that did not say, left out
SELECT whole_file_hash AS "wholeFileHash", array_agg(DISTINCT host ORDER BY host) AS hosts
FROM sync.worker
WHERE heartbeat_at > clock_timestamp() - interval '15 seconds' AND whole_file_hash IS NOT NULL
GROUP BY whole_file_hash
ORDER BY hosts, whole_file_hash;
