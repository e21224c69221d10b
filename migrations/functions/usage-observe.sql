-- Purpose: stores what a call showed of the permission of its API, if that changed.
-- Params:  p_app_key text; p_api text; p_call_id bigint; p_at timestamptz: when it was granted; p_shows text: allowed,
--          all_refused (it may be called, and usage.refuses_all), denied, unsupported, exhausted, app_refused (1688 does
--          not know the app), too_fast_app, too_fast_api, unavailable or unreachable (no answer came), param_missing, or
--          refused (for another reason); p_code text: the error code
-- Returns: nothing
--
-- A refusal holds the API, with some probes a day (usage.probe_wait). An answer ends such a hold and earlier pauses,
-- including those from before the clock was set back. A call granted before the call that showed the present state
-- changes nothing, unless that one is in the future. Takes no lock while nothing changes; otherwise the app's lock
-- first.
CREATE OR REPLACE FUNCTION usage.observe(
  p_app_key text, p_api text, p_call_id bigint, p_at timestamptz, p_shows text, p_code text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_app text := CASE p_shows WHEN 'app_refused' THEN 'denied' ELSE 'allowed' END;
  v_shows text := p_shows;
  v_now timestamptz;
  v_scope text;
BEGIN
  IF p_shows = 'allowed' AND usage.is_proven(p_app_key, p_api)
    AND EXISTS (SELECT FROM sync.application a WHERE a.app_key = p_app_key AND a.observed = v_app)
    AND NOT EXISTS (SELECT FROM usage.api_hold h WHERE h.api IN (p_api, '*') AND h.probe_after IS NOT NULL)
    AND NOT EXISTS (SELECT FROM usage.backoff b WHERE b.app_key = p_app_key AND b.api IN (p_api, '*')) THEN
    RETURN;
  END IF;
  PERFORM usage.lock_app(p_app_key);
  -- Read after the lock, so that no pause that another process begins is later than this time.
  v_now := usage.ledger_now();
  IF p_shows LIKE 'too_fast_%' THEN
    v_scope := CASE p_shows WHEN 'too_fast_app' THEN '*' ELSE p_api END;
    PERFORM usage.lower_pace(p_app_key, v_scope, p_call_id, p_at, v_now);
    PERFORM usage.slow_down(p_app_key, v_scope, p_at, v_now, coalesce(p_code, 'GATEWAY_' || upper(p_shows)));
    RETURN;
  END IF;
  IF p_shows IN ('unavailable', 'unreachable', 'param_missing', 'refused') THEN
    PERFORM usage.count_failure(p_app_key, p_api, p_at, v_now, 'GATEWAY_' || upper(p_shows));
    RETURN;
  END IF;
  IF p_shows = 'all_refused' THEN
    PERFORM usage.count_failure(p_app_key, p_api, p_at, v_now, 'GATEWAY_ALL_REFUSED');
    v_shows := 'allowed';
  END IF;
  IF p_shows = 'allowed' THEN
    DELETE FROM usage.backoff b
    -- A time in the future: the clock was set back.
    WHERE b.app_key = p_app_key AND b.api IN (p_api, '*') AND (b.started_at < p_at OR b.started_at > v_now);
    DELETE FROM usage.api_hold h
    WHERE h.api IN (p_api, '*') AND h.probe_every IS NOT NULL AND (h.held_at < p_at OR h.held_at > v_now);
  END IF;
  INSERT INTO sync.application AS a (app_key, observed, observed_at, observed_call_id)
  VALUES (p_app_key, v_app, p_at, p_call_id)
  ON CONFLICT (app_key) DO UPDATE
  SET observed = excluded.observed, observed_at = excluded.observed_at, observed_call_id = excluded.observed_call_id
  WHERE a.observed <> excluded.observed
    AND (coalesce(a.observed_at, '-infinity') <= excluded.observed_at OR a.observed_at > v_now);
  IF p_shows = 'app_refused' THEN RETURN; END IF;

  INSERT INTO sync.api_permission AS p (app_key, api, observed, observed_at, observed_call_id)
  VALUES (p_app_key, p_api, v_shows, p_at, p_call_id)
  ON CONFLICT (app_key, api) DO UPDATE
  SET observed = excluded.observed, observed_at = excluded.observed_at, observed_call_id = excluded.observed_call_id
  WHERE p.observed <> excluded.observed
    AND (coalesce(p.observed_at, '-infinity') <= excluded.observed_at OR p.observed_at > v_now);
  IF NOT EXISTS (SELECT FROM sync.api_permission p
                 WHERE p.app_key = p_app_key AND p.api = p_api AND p.observed = v_shows) THEN
    RETURN;
  END IF;
  IF v_shows = 'allowed' THEN
    DELETE FROM usage.api_hold h WHERE h.api = p_api AND h.probe_after IS NOT NULL AND h.probe_every IS NULL;
    RETURN;
  END IF;
  INSERT INTO usage.api_hold AS h (api, code, held_at, probe_after)
  VALUES (p_api, coalesce(p_code, v_shows), v_now, v_now + usage.probe_wait(v_now, v_now))
  ON CONFLICT (api) DO UPDATE
  SET code = excluded.code, held_until = NULL, probe_call_id = NULL, probe_every = NULL,
      held_at = CASE WHEN h.probe_after IS NULL THEN v_now ELSE h.held_at END,
      probe_after = v_now + usage.probe_wait(CASE WHEN h.probe_after IS NULL THEN v_now ELSE h.held_at END, v_now)
  -- A hold by a person without an end stays.
  WHERE h.held_until IS NOT NULL OR h.probe_after IS NOT NULL;
END $$;
