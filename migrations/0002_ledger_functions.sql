-- The quota ledger's functions.
--
-- Locks. Everything that takes from or gives back to windows first gets the app's lock (usage.lock_app, an
-- advisory lock of the transaction). After it, nothing waits but for the row of a run; the clock is read after
-- both, so that it shows the time of the decision. Locks are got in one order, so that none waits in a circle:
--   reserve   app -> run -> partition
--   settle    its own call in flight -> its own call -> (only when a count changes) app -> run -> partition
--   sweep     calls in flight (skipping locked ones) -> their calls -> apps by key -> runs by id
-- A settlement that commits changes no count: how many are committed is granted less all others. So it waits for
-- nobody.
--
-- Isolation. READ COMMITTED, so that each statement after the lock sees what was committed before it was got;
-- usage.lock_app refuses any other level. Do not call reserve inside a longer transaction: the app would stay
-- locked until its end.

-- Seconds of a rate are shared with network jitter, which bunches arrivals: at 1 the gateway would now and then
-- see one call too many in a second; at 1.2 a sixth of the pace is lost.
CREATE FUNCTION usage.pace_slack() RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT 1.1::float8';
--> statement-breakpoint
-- STABLE, so that one statement compares all its rows with one time and can use indexes.
CREATE FUNCTION usage.ledger_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT clock_timestamp() + c."offset" FROM usage.ledger_clock c
$$;
--> statement-breakpoint
CREATE FUNCTION usage.refuse_overdraft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a grant beyond the limit of % calls a % was refused for %', NEW.call_limit, NEW.period_kind, NEW.api
    USING ERRCODE = 'check_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER quota_period_refuses_overdraft_when_new BEFORE INSERT ON usage.quota_period FOR EACH ROW
  WHEN (NEW.granted > 0 AND NEW.granted - NEW.refunded + NEW.external > NEW.call_limit)
  EXECUTE FUNCTION usage.refuse_overdraft();
--> statement-breakpoint
-- Only a grant is refused: lowering a limit, booking calls of others and taking back a refund always succeed.
CREATE TRIGGER quota_period_refuses_overdraft BEFORE UPDATE ON usage.quota_period FOR EACH ROW
  WHEN (NEW.granted > OLD.granted AND NEW.granted - NEW.refunded + NEW.external > NEW.call_limit)
  EXECUTE FUNCTION usage.refuse_overdraft();
--> statement-breakpoint
-- The lock of everything that counts for an app, held to the end of the transaction.
CREATE FUNCTION usage.lock_app(p_app_key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the ledger needs READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('usage.lock_app:' || p_app_key, 0));
END $$;
--> statement-breakpoint
-- Makes this month's partition of a table when maintenance did not; the look-up costs next to nothing.
CREATE FUNCTION usage.need_partition(p_table text, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass(p_table || to_char(p_at AT TIME ZONE 'UTC', '_YYYY_MM')) IS NULL THEN
    PERFORM sync.ensure_partitions(p_at, 0);
  END IF;
END $$;
--> statement-breakpoint
-- The limits of an API and of the whole app at a time; where several are in effect, the youngest rules.
CREATE FUNCTION usage.limits_in_effect(p_app_key text, p_api text, p_at timestamptz)
RETURNS SETOF usage.quota_limit LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (l.api, l.period_kind) l.*
  FROM usage.quota_limit l
  WHERE l.app_key = p_app_key AND l.api IN (p_api, '*')
    AND l.valid_from <= p_at AND (l.valid_to IS NULL OR l.valid_to > p_at)
  ORDER BY l.api, l.period_kind, l.valid_from DESC, l.limit_id DESC
$$;
--> statement-breakpoint
-- The windows in which a call may count that arrives between two times.
-- A calendar window counts itself. A rolling one is counted in buckets that are small beside it; whatever
-- overlaps its span counts whole, so that it errs on the side of less. counted_from and counted_to bound the
-- windows whose counts add up: after a change of zone or kind of reset, the older ones among them.
CREATE FUNCTION usage.periods_touched(p_kind text, p_reset text, p_zone text, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, counted_from timestamptz, counted_to timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT s.starts_at, s.ends_at, s.starts_at, s.ends_at
  FROM (SELECT ('1 ' || p_kind)::interval AS step,
               -- A minute is the same in every zone; in UTC it has no fold at the end of summer time.
               CASE p_kind WHEN 'minute' THEN 'UTC' ELSE p_zone END AS zone) w
  CROSS JOIN LATERAL generate_series(
    date_trunc(p_kind, p_from AT TIME ZONE w.zone), p_to AT TIME ZONE w.zone, w.step) local_start
  CROSS JOIN LATERAL (SELECT local_start AT TIME ZONE w.zone AS starts_at,
                             (local_start + w.step) AT TIME ZONE w.zone AS ends_at) s
  WHERE p_reset = 'calendar'
  UNION ALL
  SELECT b.starts_at, b.starts_at + r.bucket, p_from - r.span - (p_to - p_from), 'infinity'
  FROM (VALUES ('minute', 'second', interval '1 second', interval '60 seconds'),
               ('day', 'hour', interval '1 hour', interval '24 hours'),
               ('month', 'day', interval '24 hours', interval '744 hours')) r (kind, unit, bucket, span)
  CROSS JOIN LATERAL (SELECT date_trunc(r.unit, p_from, 'UTC') AS starts_at) b
  WHERE p_reset = 'rolling' AND r.kind = p_kind
$$;
--> statement-breakpoint
-- Every window in which a call may count that arrives between two times, with what is used of it. free_at: when
-- a full one has room again (null: nothing of it is used).
CREATE FUNCTION usage.quota_periods(p_app_key text, p_api text, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (limit_id bigint, api text, period_kind text, reset text, call_limit int, starts_at timestamptz,
               ends_at timestamptz, used int, unknown int, external int, period_ids bigint[], free_at timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT l.limit_id, l.api, l.period_kind, l.reset, l.call_limit, t.starts_at, t.ends_at,
         u.used, u.unknown, u.external, u.period_ids,
         CASE l.reset WHEN 'calendar' THEN t.ends_at ELSE u.first_ends_at + (p_from - t.counted_from) END
  FROM usage.limits_in_effect(p_app_key, p_api, p_from) l
  CROSS JOIN LATERAL usage.periods_touched(l.period_kind, l.reset, l.zone, p_from, p_to) t
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(w.granted - w.refunded + w.external), 0)::int AS used,
           coalesce(sum(w.unknown), 0)::int AS unknown,
           coalesce(sum(w.external), 0)::int AS external,
           coalesce(array_agg(w.period_id), '{}') AS period_ids,
           min(w.ends_at) FILTER (WHERE w.granted - w.refunded + w.external > 0) AS first_ends_at
    FROM usage.quota_period w
    WHERE w.app_key = p_app_key AND w.api = l.api AND w.period_kind = l.period_kind
      AND w.ends_at > t.counted_from AND w.starts_at < t.counted_to
  ) u
  WHERE l.period_kind <> 'second'
$$;
--> statement-breakpoint
-- The window that refuses a call for longest, if any. Of a day, 5 % are kept for the manual lane; over the
-- day's last two hours they are released to everyone, evenly.
CREATE FUNCTION usage.refusing_period(
  p_app_key text, p_api text, p_lane text, p_now timestamptz, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (period_kind text, free_at timestamptz) LANGUAGE sql STABLE AS $$
  SELECT w.period_kind,
         CASE WHEN w.used < w.call_limit AND w.reset = 'calendar'
           THEN greatest(p_now, w.ends_at - interval '2 hours' * ((w.call_limit - w.used - 1) / k.kept))
           ELSE coalesce(w.free_at, w.ends_at) END
  FROM usage.quota_periods(p_app_key, p_api, p_from, p_to) w
  CROSS JOIN LATERAL (
    SELECT CASE WHEN w.period_kind = 'day' AND p_lane <> 'manual' THEN floor(w.call_limit * 0.05::float8) ELSE 0 END AS kept
  ) k
  CROSS JOIN LATERAL (
    SELECT ceil(k.kept * CASE WHEN w.reset = 'rolling' THEN 1
      ELSE least(1, greatest(0, extract(epoch FROM w.ends_at - p_now) / 7200)) END) AS now_kept
  ) r
  WHERE w.used >= w.call_limit - r.now_kept
  ORDER BY 2 DESC
  LIMIT 1
$$;
--> statement-breakpoint
-- Counts a call in every window it may fall in; all or, by the overdraft trigger, none. Not a function in SQL,
-- which would be planned at every call.
CREATE FUNCTION usage.take(p_app_key text, p_api text, p_from timestamptz, p_to timestamptz)
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  v_period_ids bigint[];
BEGIN
  WITH taken AS (
    INSERT INTO usage.quota_period AS w (app_key, api, period_kind, starts_at, ends_at, call_limit, granted)
    SELECT p_app_key, q.api, q.period_kind, q.starts_at, q.ends_at, q.call_limit, 1
    FROM usage.quota_periods(p_app_key, p_api, p_from, p_to) q
    ON CONFLICT ON CONSTRAINT quota_period_span
      DO UPDATE SET granted = w.granted + 1, call_limit = excluded.call_limit
    RETURNING w.period_id
  )
  SELECT coalesce(array_agg(period_id ORDER BY period_id), '{}') INTO v_period_ids FROM taken;
  RETURN v_period_ids;
END $$;
--> statement-breakpoint
-- Changes what windows and the run's budget say about calls that were settled. Takes the app's lock.
CREATE FUNCTION usage.recount(
  p_app_key text, p_run_id bigint, p_period_ids bigint[], p_refunded int, p_unknown int)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM usage.lock_app(p_app_key);
  UPDATE sync.run SET calls_used = calls_used - p_refunded WHERE run_id = p_run_id AND p_refunded <> 0;
  UPDATE usage.quota_period SET refunded = refunded + p_refunded, unknown = unknown + p_unknown
  WHERE period_id = ANY (p_period_ids);
END $$;
--> statement-breakpoint
CREATE FUNCTION usage.wait_ms(p_now timestamptz, p_until timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT greatest(1, ceil(extract(epoch FROM p_until - p_now) * 1000))::bigint
$$;
--> statement-breakpoint
-- One decision over everything that may stand against a call, in one transaction: see Locks above.
-- kind: granted (call_id, observed_at, send_after_ms) | cached (answer) | in_flight (retry_after_ms) |
--       denied (denied_by, retry_after_ms or null) | limit_unknown | run_unknown
CREATE FUNCTION usage.reserve(
  p_app_key text, p_api text, p_operation text, p_request jsonb, p_request_hash bytea, p_lane text,
  p_run_id bigint, p_job_id text, p_window_id bigint, p_fresh_for interval, p_send_within interval,
  p_max_call interval, p_is_exempt boolean,
  OUT kind text, OUT call_id bigint, OUT observed_at timestamptz, OUT send_after_ms int, OUT denied_by text,
  OUT retry_after_ms bigint, OUT answer raw.payload
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz;
  v_send_at timestamptz;
  v_send_by timestamptz;
  v_app_send_at timestamptz;
  v_api_send_at timestamptz;
  v_free_at timestamptz;
  v_budget_left int;
  v_period_ids bigint[] := '{}';
  -- Nearer slots are worth waiting for without asking again; more of them would be lost with a process that dies.
  c_furthest_send CONSTANT interval := '2 seconds';
BEGIN
  <<limits>>
  BEGIN
    EXIT limits WHEN p_is_exempt;
    PERFORM usage.lock_app(p_app_key);
    IF p_run_id IS NOT NULL THEN
      SELECT coalesce(r.budget_calls - r.calls_used, 1) INTO v_budget_left
      FROM sync.run r WHERE r.run_id = p_run_id FOR NO KEY UPDATE;
      IF NOT FOUND THEN kind := 'run_unknown'; RETURN; END IF;
    END IF;
    -- What Node's Date can hold: so that a time read there and written back is the same time.
    v_now := date_trunc('milliseconds', usage.ledger_now());

    -- In this order: an answer that is stored between the two look-ups is found by the second.
    IF EXISTS (SELECT FROM usage.in_flight f WHERE f.app_key = p_app_key AND f.request_hash = p_request_hash) THEN
      kind := 'in_flight'; retry_after_ms := 1000; RETURN;
    END IF;
    SELECT p.* INTO answer FROM raw.payload p
    WHERE p.request_hash = p_request_hash AND p_fresh_for > '0'
      AND p.observed_at > v_now - p_fresh_for AND p.stored_at > v_now - p_fresh_for
    ORDER BY p.observed_at DESC LIMIT 1;
    IF FOUND THEN kind := 'cached'; RETURN; END IF;

    kind := 'denied';
    SELECT max(coalesce(h.held_until, 'infinity')) INTO v_free_at FROM usage.api_hold h
    WHERE h.api IN (p_api, '*') AND (h.held_until IS NULL OR h.held_until > v_now);
    IF v_free_at = 'infinity' THEN denied_by := 'hold'; RETURN; END IF;
    IF v_free_at IS NOT NULL THEN
      denied_by := 'hold'; retry_after_ms := usage.wait_ms(v_now, v_free_at); RETURN;
    END IF;
    IF v_budget_left <= 0 THEN denied_by := 'run'; RETURN; END IF;

    SELECT max(p.next_slot_at) FILTER (WHERE p.api = '*'), max(p.next_slot_at) FILTER (WHERE p.api = p_api)
    INTO v_app_send_at, v_api_send_at
    FROM usage.pace p
    -- No slot is that far ahead, unless the clock was set back.
    WHERE p.app_key = p_app_key AND p.next_slot_at < v_now + interval '1 minute';
    v_send_at := greatest(v_now, v_app_send_at, v_api_send_at);
    v_send_by := v_send_at + p_send_within;
    IF NOT EXISTS (SELECT FROM usage.limits_in_effect(p_app_key, p_api, v_send_at) l WHERE l.period_kind <> 'second') THEN
      kind := 'limit_unknown'; RETURN;
    END IF;
    SELECT w.period_kind, w.free_at INTO denied_by, v_free_at
    FROM usage.refusing_period(p_app_key, p_api, p_lane, v_now, v_send_at, v_send_by + p_max_call) w;
    IF denied_by IS NULL AND v_api_send_at > greatest(v_now, v_app_send_at) AND v_app_send_at IS NOT NULL THEN
      -- A slot of the app taken that far ahead would make its other APIs wait for this one.
      denied_by := 'second'; v_free_at := v_api_send_at;
    ELSIF denied_by IS NULL AND v_send_at > v_now + c_furthest_send THEN
      denied_by := 'second'; v_free_at := v_send_at - c_furthest_send;
    END IF;
    IF denied_by IS NOT NULL THEN retry_after_ms := usage.wait_ms(v_now, v_free_at); RETURN; END IF;

    INSERT INTO usage.pace (app_key, api, next_slot_at)
    SELECT p_app_key, l.api, v_send_at + interval '1 second' * (usage.pace_slack() / l.call_limit)
    FROM usage.limits_in_effect(p_app_key, p_api, v_send_at) l WHERE l.period_kind = 'second'
    ON CONFLICT (app_key, api) DO UPDATE SET next_slot_at = excluded.next_slot_at;
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
  INSERT INTO usage.in_flight (call_id, granted_at, app_key, request_hash, run_id, quota_period_ids, send_by)
  VALUES (call_id, v_now, p_app_key, CASE WHEN NOT p_is_exempt THEN p_request_hash END,
    CASE WHEN NOT p_is_exempt THEN p_run_id END, v_period_ids, v_send_by);
  kind := 'granted';
  observed_at := v_now;
  send_after_ms := ceil(extract(epoch FROM v_send_at - v_now) * 1000);
END $$;
--> statement-breakpoint
-- True: bytes may leave now. False: it is too late, or somebody has already been told so; don't send.
CREATE FUNCTION usage.mark_sent(p_call_id bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE usage.in_flight SET sent_at = usage.ledger_now()
  WHERE call_id = p_call_id AND sent_at IS NULL AND usage.ledger_now() <= send_by;
  RETURN FOUND;
END $$;
--> statement-breakpoint
-- Ends a call and stores its answer. Idempotent: the first end stays, save that proof of an answer (committed)
-- also replaces unknown and refunded; a call that was refunded by mistake is then counted again, whatever the
-- limit. Gives whether there is such a call, and the id of its stored answer, if any.
CREATE FUNCTION usage.settle(
  p_call_id bigint, p_state text, p_outcome text, p_gateway_code text, p_http_status int, p_latency_ms int,
  p_response_bytes int, p_body bytea, p_body_bytes int, p_body_sha256 bytea,
  OUT is_known boolean, OUT raw_id bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_flight usage.in_flight;
  v_call usage.api_call;
  v_now timestamptz;
  v_refunded int;
  v_unknown int;
BEGIN
  DELETE FROM usage.in_flight WHERE call_id = p_call_id RETURNING * INTO v_flight;
  -- The time of the grant names the partition.
  IF NOT FOUND THEN
    SELECT c.granted_at INTO v_flight.granted_at FROM usage.api_call c WHERE c.call_id = p_call_id;
  END IF;
  SELECT * INTO v_call FROM usage.api_call c
  WHERE c.call_id = p_call_id AND c.granted_at = v_flight.granted_at FOR UPDATE;
  is_known := FOUND;
  raw_id := v_call.raw_id;
  IF NOT is_known OR v_call.state = 'committed' OR (v_call.state <> 'reserved' AND p_state <> 'committed') THEN
    RETURN;
  END IF;

  v_refunded := (p_state = 'refunded')::int - (v_call.state = 'refunded')::int;
  v_unknown := (p_state = 'unknown')::int - (v_call.state = 'unknown')::int;
  IF NOT v_call.is_exempt AND (v_refunded <> 0 OR v_unknown <> 0) THEN
    PERFORM usage.recount(v_call.app_key, v_call.run_id, v_call.quota_period_ids, v_refunded, v_unknown);
  END IF;
  v_now := greatest(usage.ledger_now(), v_call.granted_at);
  IF p_state = 'committed' AND p_body IS NOT NULL THEN
    PERFORM usage.need_partition('raw.payload', v_now);
    INSERT INTO raw.payload (stored_at, call_id, run_id, window_id, operation, request, request_hash, observed_at,
      http_status, body, body_bytes, body_sha256)
    VALUES (v_now, p_call_id, v_call.run_id, v_call.window_id, v_call.operation, v_call.request,
      v_call.request_hash, v_call.granted_at, p_http_status, p_body, p_body_bytes, p_body_sha256)
    RETURNING payload.raw_id INTO raw_id;
  END IF;
  UPDATE usage.api_call
  SET state = p_state, outcome = p_outcome, gateway_code = p_gateway_code, http_status = p_http_status,
      latency_ms = p_latency_ms, response_bytes = p_response_bytes, raw_id = settle.raw_id, settled_at = v_now,
      sent_at = coalesce(v_flight.sent_at, sent_at)
  WHERE call_id = p_call_id AND granted_at = v_call.granted_at;
END $$;
--> statement-breakpoint
-- Ends the calls that nobody will: reserved and not sent in time -> refunded; sent longer ago than the longest
-- call lasts -> unknown, and stays counted.
CREATE FUNCTION usage.sweep(p_max_call interval, OUT refunded int, OUT "unknown" int) LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := usage.ledger_now();
  v_flights usage.in_flight[];
BEGIN
  SELECT coalesce(array_agg(f.flight), '{}') INTO v_flights FROM (
    SELECT i AS flight FROM usage.in_flight i
    WHERE (sent_at IS NULL AND send_by < v_now) OR sent_at < v_now - p_max_call
    FOR UPDATE SKIP LOCKED
  ) f;
  UPDATE usage.api_call c
  SET state = CASE WHEN f.sent_at IS NULL THEN 'refunded' ELSE 'unknown' END,
      outcome = CASE WHEN f.sent_at IS NULL THEN 'not_sent' END,
      sent_at = f.sent_at, settled_at = v_now
  FROM unnest(v_flights) f
  WHERE c.call_id = f.call_id AND c.granted_at = f.granted_at;
  DELETE FROM usage.in_flight i USING unnest(v_flights) f WHERE i.call_id = f.call_id;

  PERFORM usage.lock_app(a.app_key)
  FROM (SELECT DISTINCT app_key FROM unnest(v_flights) f WHERE f.quota_period_ids <> '{}' ORDER BY 1) a;
  PERFORM FROM sync.run r WHERE r.run_id IN (SELECT f.run_id FROM unnest(v_flights) f)
  ORDER BY r.run_id FOR NO KEY UPDATE;
  UPDATE sync.run r SET calls_used = calls_used - f.count
  FROM (SELECT run_id, count(*) AS count FROM unnest(v_flights) WHERE sent_at IS NULL GROUP BY run_id) f
  WHERE r.run_id = f.run_id;
  UPDATE usage.quota_period w SET refunded = w.refunded + f.refunded, "unknown" = w."unknown" + f."unknown"
  FROM (SELECT id, count(*) FILTER (WHERE sent_at IS NULL) AS refunded, count(sent_at) AS "unknown"
        FROM unnest(v_flights) f CROSS JOIN LATERAL unnest(f.quota_period_ids) id GROUP BY id) f
  WHERE w.period_id = f.id;

  SELECT count(*) FILTER (WHERE f.sent_at IS NULL), count(f.sent_at) INTO refunded, "unknown"
  FROM unnest(v_flights) f;
END $$;
