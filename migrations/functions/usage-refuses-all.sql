-- Purpose: whether an API answers, and refuses every call in its own words: it has refused twenty targets or more since the
--          call that it accepted last, the first of them a day ago or earlier.
-- Params:  p_app_key, p_api text; p_now timestamptz
-- Returns: boolean
--
-- An API also refuses single offers (removed ones, or those that the account may not see), and a watch list can have many
-- of them in a row. So refusals within one day show nothing, however many they are. At half of twenty, a small watch list
-- would hold the API for others; at double, nothing would change for most. Eight days, for feeds that run once a week.
-- Takes no lock. Refusals are few, and have an index of their own. Accepted calls have none, and are looked for last, from the newest
-- on: only of an API that may refuse all, until it is paused, are those of days read.
CREATE OR REPLACE FUNCTION usage.refuses_all(p_app_key text, p_api text, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
  c_targets CONSTANT integer := 20;
  c_shortest CONSTANT interval := '1 day';
  v_since timestamptz := p_now - interval '8 days';
  v_shows boolean;
BEGIN
  FOR v_pass IN 1..2 LOOP
    SELECT count(DISTINCT c.request_hash) >= c_targets AND min(c.granted_at) <= p_now - c_shortest INTO v_shows
    FROM usage.api_call c
    WHERE c.api = p_api AND c.granted_at > v_since AND c.outcome = 'business_error' AND c.app_key = p_app_key;
    EXIT WHEN v_pass = 2 OR NOT v_shows;
    v_since := greatest(v_since, (
      SELECT c.granted_at FROM usage.api_call c
      WHERE c.granted_at > v_since AND c.app_key = p_app_key AND c.api = p_api AND c.outcome = 'ok'
      ORDER BY c.granted_at DESC
      LIMIT 1));
  END LOOP;
  RETURN v_shows;
END $$;
