-- Purpose: puts a stored answer that can't be loaded into quarantine as a whole, and counts it as loaded so that it
--          is not tried again.
-- Params:  $1 bigint raw id; $2 text reason
-- Returns: nothing
WITH aside AS (
  UPDATE raw.payload SET loaded_at = clock_timestamp()
  WHERE raw_id = $1::bigint AND loaded_at IS NULL
  RETURNING raw_id, call_id, run_id, operation, observed_at
)
INSERT INTO sync.quarantine (raw_id, call_id, run_id, operation, path, reason, observed_at)
SELECT raw_id, call_id, run_id, operation, '$', $2::text, observed_at FROM aside
ON CONFLICT (raw_id, path, reason) DO NOTHING;
