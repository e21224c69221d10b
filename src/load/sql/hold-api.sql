-- Purpose: holds an API (or, as *, all of them) for everyone, without a probe. A hold is never shortened by a later
--          one.
-- Params:  $1 text api; $2 text code that caused it; $3 double precision for ms, null: until it is resumed
-- Returns: nothing
INSERT INTO usage.api_hold AS h (api, code, held_at, held_until)
SELECT $1::text, $2::text, now, now + $3::float8 * interval '1 ms'
FROM usage.ledger_now() now
ON CONFLICT (api) DO UPDATE
SET code = excluded.code,
    held_at = excluded.held_at,
    held_until = excluded.held_until,
    probe_after = NULL,
    probe_call_id = NULL
WHERE h.held_until < coalesce(excluded.held_until, 'infinity')
   OR (h.probe_after IS NOT NULL AND excluded.held_until IS NULL);
