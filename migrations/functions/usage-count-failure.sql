-- Purpose: counts a call of an API that brought no answer, and pauses the API for everyone after several such calls in
--          a row.
-- Params:  p_app_key, p_api text; p_at timestamptz: when the call was granted; p_now timestamptz; p_code text: the error code
-- Returns: nothing
--
-- Some calls fail on a healthy gateway; in an outage all do, and refusals for an unknown reason may be those of every call.
-- So does an API that refuses all (usage.refuses_all). Each costs a call. Five failures in a row are no coincidence (once in
-- 100,000 if one call in ten fails). At ten, a personal account would spend twice as much on each outage.
CREATE OR REPLACE FUNCTION usage.count_failure(
  p_app_key text, p_api text, p_at timestamptz, p_now timestamptz, p_code text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_failures int;
BEGIN
  INSERT INTO usage.backoff AS b (app_key, api, started_at, pause, failures)
  VALUES (p_app_key, p_api, p_now, '0', 1)
  ON CONFLICT (app_key, api) DO UPDATE SET failures = b.failures + 1
  RETURNING failures INTO v_failures;
  IF v_failures >= 5 THEN PERFORM usage.slow_down(p_app_key, p_api, p_at, p_now, p_code); END IF;
END $$;
