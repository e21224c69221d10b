-- Purpose: grants or refuses one call: one decision over everything that can refuse it, in one transaction.
-- Params:  p_app_key, p_api, p_operation text; p_request jsonb; p_request_hash bytea; p_lane text; p_run_id bigint;
--          p_job_id text; p_window_id bigint; p_fresh_for interval: age up to which a stored answer will do;
--          p_send_within interval; p_max_call interval; p_is_exempt boolean: no limit counts it; p_token_hash bytea: of
--          the access token that the call carries, or null
-- Returns: kind and what goes with it: granted (call_id, observed_at, send_after_ms), cached (answer), in_flight
--          (retry_after_ms), denied (denied_by, retry_after_ms or null), token_refused, limit_unknown, run_unknown
--
-- Locks. Everything that takes from or gives back to periods first takes the app's lock (usage.lock_app, until the end
-- of the transaction). After that, it waits only for the row of a run. The clock is read after both, so that it shows
-- the time of the decision. All take locks in one order, so that no deadlock is possible: app -> run -> partition here;
-- usage.settle and usage.sweep state theirs.
--
-- Isolation. READ COMMITTED, so that each statement after the lock sees what was committed before the lock was taken;
-- usage.lock_app refuses any other level. Do not call it inside a longer transaction: the app would stay locked until
-- its end.
--
-- plan_cache_mode. Plans the statements of every call once per connection. By default Postgres plans the long
-- statements at every call, because each plan looks a little cheaper with the actual values: planning took two thirds
-- of the time for which the app is locked.
CREATE OR REPLACE FUNCTION usage.reserve(
  p_app_key text, p_api text, p_operation text, p_request jsonb, p_request_hash bytea, p_lane text,
  p_run_id bigint, p_job_id text, p_window_id bigint, p_fresh_for interval, p_send_within interval,
  p_max_call interval, p_is_exempt boolean, p_token_hash bytea,
  OUT kind text, OUT call_id bigint, OUT observed_at timestamptz, OUT send_after_ms int, OUT denied_by text,
  OUT retry_after_ms bigint, OUT answer raw.payload
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz;
  v_send_at timestamptz;
  v_send_by timestamptz;
  v_app_send_at timestamptz;
  v_api_send_at timestamptz;
  v_free_at timestamptz;
  v_is_probe boolean;
  v_is_under_way boolean;
  v_budget_left int;
  v_may_raise boolean;
  v_token usage.access_token;
  v_period_ids bigint[] := '{}';
  -- Waiting for a nearer send time is cheaper than asking again. Send times further ahead would be lost with a process
  -- that dies.
  c_furthest_send CONSTANT interval := '2 seconds';
  -- A call takes 0.75 s (measured by clients). At double, workers would idle; at a tenth, they would do nothing but
  -- ask.
  c_probe_check_ms CONSTANT bigint := 100;
  -- A refused token may become valid again when its owner renews a subscription. At half, a cron job of every minute
  -- would spend 48 calls a day on finding out; at double, work would rest for longer than anybody expects.
  c_token_retry CONSTANT interval := '1 hour';
BEGIN
  <<limits>>
  BEGIN
    EXIT limits WHEN p_is_exempt;
    PERFORM usage.lock_app(p_app_key);
    PERFORM usage.check_epoch();
    IF p_run_id IS NOT NULL THEN
      SELECT coalesce(r.budget_calls - r.calls_used, 1) INTO v_budget_left
      FROM sync.run r WHERE r.run_id = p_run_id FOR NO KEY UPDATE;
      IF NOT FOUND THEN kind := 'run_unknown'; RETURN; END IF;
    END IF;
    -- Milliseconds, the precision of Node's Date: a time read there and written back stays the same.
    v_now := date_trunc('milliseconds', usage.ledger_now());

    -- In this order: an answer stored between the two look-ups is found by the second.
    IF EXISTS (SELECT FROM usage.in_flight f WHERE f.app_key = p_app_key AND f.request_hash = p_request_hash) THEN
      kind := 'in_flight'; retry_after_ms := 1000; RETURN;
    END IF;
    SELECT p.* INTO answer FROM raw.payload p
    WHERE p.request_hash = p_request_hash AND p_fresh_for > '0'
      AND p.observed_at > v_now - p_fresh_for AND p.stored_at > v_now - p_fresh_for
    ORDER BY p.observed_at DESC LIMIT 1;
    IF FOUND THEN kind := 'cached'; RETURN; END IF;

    kind := 'denied';
    -- One statement, so that both are of one moment: with two, a probe that ends between them would appear in neither.
    -- No probe is due later than if one was sent now, unless the clock was set back.
    SELECT max(CASE WHEN h.probe_after IS NULL THEN coalesce(h.held_until, 'infinity')
                    ELSE least(h.probe_after, v_now + coalesce(h.probe_every, usage.probe_wait(h.held_at, v_now))) END),
           coalesce(bool_and(h.probe_after IS NOT NULL), NOT usage.is_proven(p_app_key, p_api)),
           EXISTS (SELECT FROM usage.in_flight f WHERE f.app_key = p_app_key AND (f.api = p_api
             OR EXISTS (SELECT FROM usage.api_hold a WHERE a.api = '*' AND a.probe_after IS NOT NULL AND a.held_until > v_now)))
    INTO v_free_at, v_is_probe, v_is_under_way
    FROM usage.api_hold h
    WHERE h.api IN (p_api, '*') AND (h.held_until IS NULL OR h.held_until > v_now);
    -- A call that may be refused is sent alone: the others learn from its answer.
    IF v_is_probe AND v_is_under_way THEN
      denied_by := 'hold'; retry_after_ms := c_probe_check_ms; RETURN;
    END IF;
    IF v_free_at = 'infinity' THEN denied_by := 'hold'; RETURN; END IF;
    -- A call by hand need not wait for the next probe: it is one.
    IF v_free_at > v_now AND NOT (v_is_probe AND p_lane = 'manual') THEN
      denied_by := 'hold'; retry_after_ms := usage.wait_ms(v_now, v_free_at); RETURN;
    END IF;
    IF p_token_hash IS NOT NULL THEN
      SELECT t.* INTO v_token FROM usage.access_token t WHERE t.app_key = p_app_key AND t.token_hash = p_token_hash;
      IF v_token.is_refused IS DISTINCT FROM false AND EXISTS (
        SELECT FROM usage.in_flight f WHERE f.app_key = p_app_key AND f.token_hash = p_token_hash) THEN
        denied_by := 'hold'; retry_after_ms := c_probe_check_ms; RETURN;
      END IF;
      IF v_token.is_refused AND p_lane <> 'manual' AND v_token.observed_at > v_now - c_token_retry THEN
        kind := 'token_refused'; RETURN;
      END IF;
    END IF;
    IF v_budget_left <= 0 THEN denied_by := 'run'; RETURN; END IF;
    -- A pause that starts in the future dates from before the clock was set back.
    SELECT max(b.started_at + b.pause) INTO v_free_at FROM usage.backoff b
    WHERE b.app_key = p_app_key AND b.api IN (p_api, '*') AND b.started_at <= v_now;
    IF v_free_at > v_now THEN
      denied_by := 'second'; retry_after_ms := usage.wait_ms(v_now, v_free_at); RETURN;
    END IF;
    -- One call finds out whether an outage is over: all others would be lost with it.
    IF p_lane <> 'manual' AND EXISTS (
      SELECT FROM usage.backoff b
      JOIN usage.in_flight f ON f.app_key = b.app_key AND f.api = b.api
        -- A pause that starts in the future dates from before the clock was set back.
        AND (f.granted_at > b.started_at OR b.started_at > v_now)
      WHERE b.app_key = p_app_key AND b.api = p_api AND b.failures > 0 AND b.pause > '0') THEN
      denied_by := 'second'; retry_after_ms := 1000; RETURN;
    END IF;

    SELECT max(p.next_slot_at) FILTER (WHERE p.api <> p_api), max(p.next_slot_at) FILTER (WHERE p.api = p_api),
           bool_or(p.raise_after <= v_now)
    INTO v_app_send_at, v_api_send_at, v_may_raise
    FROM usage.pace p
    WHERE p.app_key = p_app_key
      AND (p.api IN (p_api, '*')
        -- A group's send times are shared with other APIs, as the app's are.
        OR p.api IN (SELECT g.name FROM usage.api_group g WHERE g.app_key = p_app_key AND g.api = p_api))
      -- No send time is that far ahead, unless the clock was set back.
      AND p.next_slot_at < v_now + interval '1 minute';
    v_send_at := greatest(v_now, v_app_send_at, v_api_send_at);
    v_send_by := v_send_at + p_send_within;
    IF NOT EXISTS (SELECT FROM usage.limits_in_effect(p_app_key, p_api, v_send_at) l WHERE l.period_kind <> 'second') THEN
      kind := 'limit_unknown'; RETURN;
    END IF;
    SELECT w.period_kind, w.free_at INTO denied_by, v_free_at
    FROM usage.refusing_period(p_app_key, p_api, p_lane, v_now, v_send_at, v_send_by + p_max_call) w;
    IF denied_by IS NULL AND v_api_send_at > greatest(v_now, v_app_send_at) AND v_app_send_at IS NOT NULL THEN
      -- An app's send time taken that far ahead would make its other APIs wait for this one.
      denied_by := 'second'; v_free_at := v_api_send_at;
    ELSIF denied_by IS NULL AND v_send_at > v_now + c_furthest_send THEN
      denied_by := 'second'; v_free_at := v_send_at - c_furthest_send;
    END IF;
    IF denied_by IS NOT NULL THEN retry_after_ms := usage.wait_ms(v_now, v_free_at); RETURN; END IF;

    IF v_may_raise THEN PERFORM usage.raise_pace(p_app_key, p_api, v_now); END IF;
    INSERT INTO usage.pace AS p (app_key, api, next_slot_at)
    SELECT p_app_key, s.api, v_send_at + interval '1 second' * max(s.seconds)
    FROM (
      SELECT l.api, usage.pace_slack() / l.call_limit AS seconds
      FROM usage.limits_in_effect(p_app_key, p_api, v_send_at) l WHERE l.period_kind = 'second'
      UNION ALL
      SELECT f.api, 1 / f.found_per_second
      FROM usage.pace f WHERE f.app_key = p_app_key AND f.api IN (p_api, '*') AND f.found_per_second IS NOT NULL
    ) s
    GROUP BY s.api
    ON CONFLICT (app_key, api) DO UPDATE
    SET next_slot_at = excluded.next_slot_at,
        -- Counts calls that keep the pace, or nearly: those that come within half of the time between two.
        calls_since = p.calls_since
          + (p.next_slot_at > v_now - (excluded.next_slot_at - v_send_at) / 2 AND p.found_per_second IS NOT NULL)::int;
    v_period_ids := usage.take(p_app_key, p_api, v_send_at, v_send_by + p_max_call);
    UPDATE sync.run SET calls_used = calls_used + 1 WHERE run_id = p_run_id;
  END limits;

  v_now := coalesce(v_now, date_trunc('milliseconds', usage.ledger_now()));
  v_send_at := coalesce(v_send_at, v_now);
  v_send_by := v_send_at + p_send_within;
  PERFORM usage.need_partition('usage.api_call', v_now);
  INSERT INTO usage.api_call AS c (granted_at, app_key, api, operation, request, request_hash, lane, run_id, job_id,
    window_id, is_exempt, quota_period_ids, send_at, send_by)
  VALUES (v_now, p_app_key, p_api, p_operation, p_request, p_request_hash, p_lane, p_run_id, p_job_id,
    p_window_id, p_is_exempt, v_period_ids, v_send_at, v_send_by)
  RETURNING c.call_id INTO call_id;
  INSERT INTO usage.in_flight (call_id, granted_at, app_key, api, request_hash, run_id, quota_period_ids, send_by, token_hash)
  VALUES (call_id, v_now, p_app_key, p_api, CASE WHEN NOT p_is_exempt THEN p_request_hash END,
    CASE WHEN NOT p_is_exempt THEN p_run_id END, v_period_ids, v_send_by, p_token_hash);
  kind := 'granted';
  observed_at := v_now;
  send_after_ms := ceil(extract(epoch FROM v_send_at - v_now) * 1000);
END $$;
