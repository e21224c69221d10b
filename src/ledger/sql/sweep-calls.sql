-- Purpose: ends the calls whose process died: unsent ones are refunded, sent ones stay counted as unknown.
-- Params:  $1 double precision longest call in ms
-- Returns: one row: refunded, unknown (how many calls)
SELECT refunded, "unknown" FROM usage.sweep($1::float8 * interval '1 ms');
