-- Purpose: holds an API (or, as *, all of them) for everyone, without a probe. A later hold never shortens an earlier
--          one; a hold without an end replaces any other.
-- Params:  $1 text api; $2 text code that caused it; $3 double precision for ms, null: until it is resumed;
--          $4 text why, in a person's words, or null
-- Returns: nothing
INSERT INTO usage.api_hold AS h (api, code, held_at, held_until, reason)
SELECT $1::text, $2::text, now, now + $3::float8 * interval '1 ms', $4::text
FROM usage.ledger_now() now
ON CONFLICT (api) DO UPDATE
SET code = excluded.code,
    held_at = CASE WHEN h.held_until IS NULL AND h.probe_after IS NULL THEN h.held_at ELSE excluded.held_at END,
    held_until = excluded.held_until,
    reason = excluded.reason,
    probe_after = NULL,
    probe_call_id = NULL,
    probe_every = NULL
WHERE h.held_until < coalesce(excluded.held_until, 'infinity')
   OR excluded.held_until IS NULL;
