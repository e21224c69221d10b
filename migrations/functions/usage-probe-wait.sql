-- Purpose: how long a held API waits for its next try after a refusal: as long as it has been held, between one and
--          eight hours.
-- Params:  p_held_at timestamptz: since when; p_now timestamptz
-- Returns: interval
--
-- Six calls on the first day and three on each further day find out that 1688 gave the permission, or that a package
-- was bought. At double, a permission given in the morning would be used in the evening; at half, an API that was never
-- applied for would cost six calls every day.
CREATE OR REPLACE FUNCTION usage.probe_wait(p_held_at timestamptz, p_now timestamptz) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
  SELECT least(greatest(p_now - p_held_at, interval '1 hour'), interval '8 hours')
$$;
