-- Purpose: how long to wait from one time to another.
-- Params:  p_now, p_until timestamptz
-- Returns: bigint: milliseconds, at least 1
CREATE OR REPLACE FUNCTION usage.wait_ms(p_now timestamptz, p_until timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT greatest(1, ceil(extract(epoch FROM p_until - p_now) * 1000))::bigint
$$;
