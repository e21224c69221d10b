-- Purpose: the seconds over which the calls of one second of pace are spread.
-- Params:  none
-- Returns: double precision
--
-- Calls sent within 1.2 s, each delayed by up to 0.2 s, can arrive within one second. At 1.2 nothing would be left for
-- delays of our own, and one refusal stops all calls for 10 s; at 1.5 a third of the pace is lost.
CREATE OR REPLACE FUNCTION usage.pace_slack() RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
  SELECT 1.24::float8
$$;
