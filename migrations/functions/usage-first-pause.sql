-- Purpose: how long calls pause after a first answer that they come too fast.
-- Params:  none
-- Returns: interval
--
-- After 2 s, a limit per second has room again. A limit over a longer time takes a few more doublings than from 10 s,
-- the pause after which clients measured success. At 10 s, each try of a faster pace would cost a tenth of the calls of
-- two minutes.
CREATE OR REPLACE FUNCTION usage.first_pause() RETURNS interval LANGUAGE sql IMMUTABLE AS $$
  SELECT interval '2 seconds'
$$;
