-- Purpose: seconds of time that the calls of one second of pace are spread over.
-- Params:  none
-- Returns: double precision
--
-- Calls that a network delays by up to 0.2 s each arrive in any second as they left in 1.2 s. At 1.2 there would be
-- nothing over for delays of our own, and one refusal stops all calls for 10 s; at 1.5 a third of the pace is lost.
CREATE OR REPLACE FUNCTION usage.pace_slack() RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
  SELECT 1.24::float8
$$;
