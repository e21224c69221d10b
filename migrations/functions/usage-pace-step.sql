-- Purpose: the smallest share by which a found pace changes.
-- Params:  none
-- Returns: double precision
--
-- A pace ends up within one step of the limit. At half, calls that bunch on their way would decide the result; at
-- double, a twentieth of the limit is lost.
CREATE OR REPLACE FUNCTION usage.pace_step() RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
  SELECT 0.03::float8
$$;
