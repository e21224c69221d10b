-- Purpose: keeps what could not be used of answers.
-- Params:  $1 jsonb [{raw_id, call_id, run_id, operation, path, reason, sample, observed_at}]
-- Returns: nothing
INSERT INTO sync.quarantine (raw_id, call_id, run_id, operation, path, reason, sample, observed_at)
SELECT n.raw_id, n.call_id, n.run_id, n.operation, left(n.path, 500), n.reason, n.sample, n.observed_at
FROM jsonb_populate_recordset(NULL::sync.quarantine, $1::jsonb) AS n
ON CONFLICT (raw_id, path, reason) DO NOTHING;
