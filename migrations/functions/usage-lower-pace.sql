-- Purpose: lowers the pace of an API, or with * of the app, after an answer that calls come too fast.
-- Params:  p_app_key text; p_api text; p_call_id bigint: the refused call; p_at timestamptz: when it was granted; p_now
--          timestamptz
-- Returns: nothing
--
-- Refusals of calls granted before the pace last changed belong to that change and count no more. If a raise is
-- refused, it is taken back; if it was the smallest raise, the limit is found, and the next try waits for two minutes.
-- Any other refusal lowers the pace by one step, and each further one by twice the last step. Two findings allow more.
-- (1) The number of calls that 1688 let through in the second before, if most of a burst is refused or two findings in
-- a row agree: the pace becomes just below that number. Calls are counted by send time and by answer time, and the
-- larger number is used: calls that a network held up and released together arrive as they are answered, not as they
-- were sent. (2) A refusal before any answer since the last one: the limit covers more than a second, and the pace
-- drops by 40 %, once. The caller holds the app's lock, and begins the pause afterwards.
CREATE OR REPLACE FUNCTION usage.lower_pace(
  p_app_key text, p_api text, p_call_id bigint, p_at timestamptz, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_pace usage.pace;
  v_is_same boolean;
  v_pause interval;
  v_passed int;
  v_refused int;
  v_is_burst boolean;
  v_does_agree boolean;
  v_declared float8;
  v_now_at float8;
  v_drop float8;
  v_next float8;
  -- At half, a limit far below would take twice as many refusals to find; at double, more than a tenth of a near limit
  -- would be lost.
  c_most CONSTANT float8 := 0.12;
  -- Below the counted number, because calls bunch on their way.
  c_below CONSTANT float8 := 0.95;
  -- 20 calls a minute, or a twentieth of a declared pace that is lower. Refusals unrelated to the pace must not stop
  -- everything: from here, a pace of 24 is back in five minutes. At half, that takes nine minutes; at double, a limit
  -- of a few calls a minute would be refused again and again.
  c_slowest CONSTANT float8 := 1 / 3.0;
BEGIN
  SELECT * INTO v_pace FROM usage.pace p WHERE p.app_key = p_app_key AND p.api = p_api;
  v_is_same := coalesce(p_at <= v_pace.changed_at, false);
  IF v_is_same AND coalesce(v_pace.last_change > 0, true) THEN RETURN; END IF;

  SELECT greatest(count(*) FILTER (WHERE s.has_passed AND s.is_near), count(*) FILTER (WHERE s.has_passed AND s.is_answered)),
         count(*) FILTER (WHERE NOT s.has_passed AND s.is_near)
  INTO v_passed, v_refused
  FROM usage.api_call r
  JOIN usage.api_call c ON c.app_key = r.app_key AND p_api IN (c.api, '*') AND NOT c.is_exempt AND c.state <> 'refunded'
    AND c.granted_at > r.sent_at - interval '5 seconds' AND c.granted_at <= r.sent_at
  LEFT JOIN usage.in_flight f ON f.call_id = c.call_id
  CROSS JOIN LATERAL (
    SELECT c.outcome IS DISTINCT FROM 'gateway_error' AS has_passed,
           coalesce(f.sent_at, c.sent_at) > r.sent_at - interval '1 second' AND coalesce(f.sent_at, c.sent_at) <= r.sent_at AS is_near,
           c.state = 'committed' AND c.settled_at > p_now - interval '1 second' AS is_answered
  ) s
  WHERE r.call_id = p_call_id AND r.granted_at = p_at;
  v_declared := coalesce(usage.declared_pace(p_app_key, p_api, p_now), greatest(1, v_passed + v_refused));
  v_now_at := least(v_declared, v_pace.found_per_second);
  SELECT b.pause INTO v_pause FROM usage.backoff b WHERE b.app_key = p_app_key AND b.api = p_api;

  v_is_burst := v_refused >= 3 AND v_passed < 0.7 * (v_passed + v_refused);
  v_does_agree := NOT v_is_same AND v_pause IS NULL AND v_pace.last_change < 0 AND v_passed < ceil(0.9 * floor(v_now_at))
    AND abs(v_passed - v_pace.passed_before) <= v_passed / 5;
  v_drop := least(c_most, coalesce(-2 * nullif(least(v_pace.last_change, 0), 0), usage.pace_step()));
  v_next := CASE WHEN v_is_same THEN v_now_at
                 WHEN v_pause IS NOT NULL THEN v_now_at * CASE WHEN v_pause <= usage.first_pause() THEN 0.6 ELSE 1 END
                 WHEN v_pace.last_change > 0 THEN greatest(v_now_at / (1 + v_pace.last_change),
                   CASE WHEN v_pace.last_change > usage.pace_step() THEN least(v_now_at, c_below * v_passed) END)
                 ELSE v_now_at * (1 - v_drop) END;
  IF v_passed > 0 AND (v_is_burst OR v_does_agree) THEN v_next := least(v_next, c_below * v_passed); END IF;
  INSERT INTO usage.pace AS p (app_key, api, next_slot_at, found_per_second, last_change, changed_at, raise_after, passed_before)
  VALUES (p_app_key, p_api, p_now, greatest(v_next, least(c_slowest, v_declared / 20)),
    CASE WHEN v_pace.last_change > 0 THEN NULL WHEN v_is_same THEN v_pace.last_change ELSE -v_drop END, p_now,
    p_now + CASE WHEN v_pace.last_change BETWEEN 0 AND usage.pace_step() THEN interval '2 minutes' ELSE interval '15 seconds' END, v_passed)
  ON CONFLICT (app_key, api) DO UPDATE
  SET found_per_second = excluded.found_per_second, last_change = excluded.last_change, calls_since = 0, changed_at = excluded.changed_at,
      raise_after = excluded.raise_after,
      passed_before = CASE WHEN v_is_same THEN p.passed_before ELSE excluded.passed_before END;
END $$;
