-- Purpose: how long calls pause after a first answer that they come too fast.
-- Params:  none
-- Returns: interval
--
-- A limit of a second has room again by then. Of a longer one it takes a few doublings more than from 10 s, which clients
-- measured to get through; at 10 s each try of a faster pace would cost a tenth of the calls of two minutes.
CREATE OR REPLACE FUNCTION usage.first_pause() RETURNS interval LANGUAGE sql IMMUTABLE AS $$
  SELECT interval '2 seconds'
$$;
