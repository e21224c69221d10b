-- Purpose: pauses an API, or with * the app, for everyone, after an answer that calls come too fast, or after several
--          calls without an answer.
-- Params:  p_app_key text; p_api text; p_at timestamptz: when the call was granted; p_now timestamptz; p_code text: the
--          error code
-- Returns: nothing
--
-- Refusals of calls granted before the pause began do not show whether it was long enough. Each further pause is twice
-- as long, up to 120 s, after which clients measured success. Ten minutes of the longest pauses mean that an unknown
-- limit is used up, or that an outage lasts: then the API is held to the end of the day, with a probe every hour, in an
-- outage every 15 minutes. A pause that begins in the future dates from before the clock was set back; p_now is read
-- under the app's lock, so that no other process can have begun it.
CREATE OR REPLACE FUNCTION usage.slow_down(
  p_app_key text, p_api text, p_at timestamptz, p_now timestamptz, p_code text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_backoff usage.backoff;
  c_max_pause CONSTANT interval := '120 seconds';
  v_probe_every interval := CASE WHEN p_code IN ('GATEWAY_UNAVAILABLE', 'GATEWAY_UNREACHABLE')
    THEN interval '15 minutes' ELSE interval '1 hour' END;
BEGIN
  -- A probe with this answer is decided: the next one is sent when it is due.
  UPDATE usage.api_hold h SET probe_call_id = NULL WHERE h.api = p_api AND h.probe_every IS NOT NULL;
  INSERT INTO usage.backoff AS b (app_key, api, started_at, pause)
  VALUES (p_app_key, p_api, p_now, usage.first_pause())
  ON CONFLICT (app_key, api) DO UPDATE
  SET started_at = p_now, pause = least(greatest(b.pause * 2, usage.first_pause()), c_max_pause),
      longest_pause_since = CASE WHEN b.pause * 2 >= c_max_pause THEN least(b.longest_pause_since, p_now) END
  WHERE b.started_at < p_at OR b.started_at > p_now
  RETURNING * INTO v_backoff;
  IF v_backoff.longest_pause_since IS NULL OR p_now - v_backoff.longest_pause_since < interval '10 minutes' THEN RETURN; END IF;
  INSERT INTO usage.api_hold AS h (api, code, held_at, held_until, probe_after, probe_every)
  VALUES (p_api, p_code, p_now, usage.next_day(p_app_key, p_api, p_now), p_now + v_probe_every, v_probe_every)
  ON CONFLICT (api) DO UPDATE
  SET code = excluded.code, held_at = excluded.held_at, held_until = excluded.held_until,
      probe_after = excluded.probe_after, probe_every = excluded.probe_every, probe_call_id = NULL
  WHERE h.held_until <= p_now;
END $$;
