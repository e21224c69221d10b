-- Purpose: updates the quarantine of answers: adds new unusable values, and removes those that can be read now.
-- Params:  $1 bigint[] raw ids; $2 jsonb [{raw_id, call_id, run_id, operation, path, reason, sample, observed_at}]
-- Returns: one row: resolved, added (integers)
WITH n AS (
  SELECT DISTINCT ON (raw_id, left(path, 500), reason)
         raw_id, call_id, run_id, operation, left(path, 500) AS path, reason, sample, observed_at
  FROM jsonb_populate_recordset(NULL::sync.quarantine, $2::jsonb)
),
resolved AS (
  DELETE FROM sync.quarantine q
  WHERE q.raw_id = ANY ($1::bigint[])
    AND NOT EXISTS (SELECT FROM n WHERE (n.raw_id, n.path, n.reason) = (q.raw_id, q.path, q.reason))
  RETURNING q.quarantine_id
),
added AS (
  INSERT INTO sync.quarantine (raw_id, call_id, run_id, operation, path, reason, sample, observed_at)
  SELECT raw_id, call_id, run_id, operation, path, reason, sample, observed_at FROM n
  ON CONFLICT (raw_id, path, reason) DO NOTHING
  RETURNING quarantine_id
)
SELECT (SELECT count(*)::int FROM resolved) AS resolved, (SELECT count(*)::int FROM added) AS added;
