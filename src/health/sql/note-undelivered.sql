-- Purpose: records that a message did not reach its receiver, and when to try again.
-- Params:  $1 text error code; $2 text the same in words; $3 double precision until the next attempt, in ms
-- Returns: nothing
INSERT INTO sync.notification_delivery AS d
  (attempted_at, attempts, failing_since, next_attempt_at, error_code, error)
SELECT now, 1, now, now + $3::float8 * interval '1 ms', $1::text, $2::text
FROM usage.ledger_now() now
ON CONFLICT (is_only_row) DO UPDATE
SET attempted_at = excluded.attempted_at, attempts = d.attempts + 1,
    failing_since = coalesce(d.failing_since, excluded.failing_since), next_attempt_at = excluded.next_attempt_at,
    error_code = excluded.error_code, error = excluded.error;
