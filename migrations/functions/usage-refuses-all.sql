-- Purpose: whether an API answers, and refuses every call in its own words: it has refused twenty targets or more since the
--          call that it accepted last, the first of them a day ago or earlier.
-- Params:  p_app_key, p_api text; p_now timestamptz
-- Returns: boolean
--
-- An API also refuses single offers (removed ones, or those that the account may not see), and a watch list can have many
-- of them in a row. So refusals within one day show nothing, however many they are. At half of twenty, a small watch list
-- would hold the API for others; at double, nothing would change for most. Eight days, for feeds that run once a week.
-- Takes no lock, and reads more than the calls of a day only where none of them was accepted.
CREATE OR REPLACE FUNCTION usage.refuses_all(p_app_key text, p_api text, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
  c_longest CONSTANT interval := '8 days';
BEGIN
  IF EXISTS (SELECT FROM usage.api_call c WHERE c.granted_at > p_now - interval '1 day' AND c.app_key = p_app_key
             AND c.api = p_api AND c.outcome = 'ok') THEN
    RETURN false;
  END IF;
  RETURN (
    SELECT count(DISTINCT c.request_hash) >= 20 AND min(c.granted_at) <= p_now - interval '1 day'
    FROM usage.api_call c
    WHERE c.app_key = p_app_key AND c.api = p_api AND c.outcome = 'business_error' AND c.granted_at > greatest(
      p_now - c_longest,
      (SELECT max(a.granted_at) FROM usage.api_call a WHERE a.granted_at > p_now - c_longest AND a.app_key = p_app_key
       AND a.api = p_api AND a.outcome = 'ok')));
END $$;
