CREATE TABLE "sync"."application" (
	"app_key" text PRIMARY KEY NOT NULL,
	"observed" text DEFAULT 'unknown' NOT NULL,
	"observed_at" timestamp with time zone,
	"observed_call_id" bigint,
	"declared" text DEFAULT 'not_applied' NOT NULL,
	"declared_at" timestamp with time zone,
	CONSTRAINT "application_observed" CHECK ("sync"."application"."observed" IN ('unknown', 'allowed', 'denied')),
	CONSTRAINT "application_declared" CHECK ("sync"."application"."declared" IN ('not_applied', 'pending', 'under_review', 'granted', 'rejected'))
);
--> statement-breakpoint
ALTER TABLE "usage"."api_hold" ADD COLUMN "probe_after" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "usage"."api_hold" ADD COLUMN "probe_call_id" bigint;--> statement-breakpoint
ALTER TABLE "usage"."in_flight" ADD COLUMN "api" text;
--> statement-breakpoint
COMMENT ON TABLE "sync"."application" IS 'The state of an app as a whole: as its operator declares it, and as its calls showed it.';
COMMENT ON COLUMN "sync"."application"."app_key" IS 'App key.';
COMMENT ON COLUMN "sync"."application"."observed" IS 'unknown; allowed: 1688 took a call of the app; denied: it does not know the app, or no longer.';
COMMENT ON COLUMN "sync"."application"."observed_at" IS 'When the call was granted that showed it first.';
COMMENT ON COLUMN "sync"."application"."observed_call_id" IS 'The call that showed it first (soft reference).';
COMMENT ON COLUMN "sync"."application"."declared" IS 'not_applied, pending (待审核), under_review (审核中), granted (已通过) or rejected (已拒绝).';
COMMENT ON COLUMN "sync"."application"."declared_at" IS 'The day of it, as its first moment in Asia/Shanghai; null: nothing was declared.';
COMMENT ON COLUMN "sync"."api_permission"."observed_at" IS 'When the call was granted that showed it first.';
COMMENT ON COLUMN "sync"."api_permission"."observed_call_id" IS 'The call that showed it first (soft reference).';
COMMENT ON COLUMN "sync"."api_permission"."declared" IS 'not_applied, pending (待审核), under_review (审核中), granted (已通过) or rejected (已拒绝).';
COMMENT ON COLUMN "sync"."api_permission"."declared_at" IS 'The day of it, as its first moment in Asia/Shanghai; null: nothing was declared.';
COMMENT ON COLUMN "usage"."api_hold"."probe_after" IS 'From when on one call is let through to see whether the API answers again; null: none is.';
COMMENT ON COLUMN "usage"."api_hold"."probe_call_id" IS 'The call that was let through last, while its answer decides nothing (soft reference).';
COMMENT ON COLUMN "usage"."in_flight"."api" IS 'namespace:name:version of the API; null: granted by an older version.';
--> statement-breakpoint
-- Holds of before: their APIs may be tried at once.
UPDATE usage.api_hold SET probe_after = held_at
WHERE held_until IS NULL AND code IN ('gw.APIACLDecline', 'gw.APIUnsupported', 'gw.NoUsageLeftError');
--> statement-breakpoint
-- When the provider's next day begins for an API: in the zone of its day's limit.
CREATE FUNCTION usage.next_day(p_app_key text, p_api text, p_at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT (date_trunc('day', p_at AT TIME ZONE z.zone) + interval '1 day') AT TIME ZONE z.zone
  FROM (SELECT coalesce((SELECT l.zone FROM usage.limits_in_effect(p_app_key, p_api, p_at) l
                         WHERE l.period_kind = 'day' ORDER BY l.api = '*' LIMIT 1), 'Asia/Shanghai') AS zone) z
$$;
--> statement-breakpoint
-- Whether the latest news of an API is that it answers the app.
CREATE FUNCTION usage.is_proven(p_app_key text, p_api text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM sync.api_permission p
                 WHERE p.app_key = p_app_key AND p.api = p_api AND p.observed = 'allowed')
$$;
--> statement-breakpoint
-- Keeps what a call showed, if that is news: allowed, denied, unsupported, exhausted, or app_refused (1688 does not
-- know the app). A refusal holds the API, with one probe a day; an answer ends such a hold. A call that was granted
-- before the one that showed the present state says nothing.
-- Locks: nothing while nothing changes; else the app's lock first.
CREATE FUNCTION usage.observe(
  p_app_key text, p_api text, p_call_id bigint, p_at timestamptz, p_shows text, p_code text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_app text := CASE p_shows WHEN 'app_refused' THEN 'denied' ELSE 'allowed' END;
  v_now timestamptz := usage.ledger_now();
BEGIN
  IF p_shows = 'allowed' AND usage.is_proven(p_app_key, p_api)
    AND EXISTS (SELECT FROM sync.application a WHERE a.app_key = p_app_key AND a.observed = v_app)
    AND NOT EXISTS (SELECT FROM usage.api_hold h WHERE h.api = p_api AND h.probe_after IS NOT NULL) THEN
    RETURN;
  END IF;
  PERFORM usage.lock_app(p_app_key);
  INSERT INTO sync.application AS a (app_key, observed, observed_at, observed_call_id)
  VALUES (p_app_key, v_app, p_at, p_call_id)
  ON CONFLICT (app_key) DO UPDATE
  SET observed = excluded.observed, observed_at = excluded.observed_at, observed_call_id = excluded.observed_call_id
  WHERE a.observed <> excluded.observed AND coalesce(a.observed_at, '-infinity') <= excluded.observed_at;
  IF p_shows = 'app_refused' THEN RETURN; END IF;

  INSERT INTO sync.api_permission AS p (app_key, api, observed, observed_at, observed_call_id)
  VALUES (p_app_key, p_api, p_shows, p_at, p_call_id)
  ON CONFLICT (app_key, api) DO UPDATE
  SET observed = excluded.observed, observed_at = excluded.observed_at, observed_call_id = excluded.observed_call_id
  WHERE p.observed <> excluded.observed AND coalesce(p.observed_at, '-infinity') <= excluded.observed_at;
  IF NOT EXISTS (SELECT FROM sync.api_permission p
                 WHERE p.app_key = p_app_key AND p.api = p_api AND p.observed = p_shows) THEN
    RETURN;
  END IF;
  IF p_shows = 'allowed' THEN
    DELETE FROM usage.api_hold h WHERE h.api = p_api AND h.probe_after IS NOT NULL;
    RETURN;
  END IF;
  INSERT INTO usage.api_hold AS h (api, code, held_at, probe_after)
  VALUES (p_api, coalesce(p_code, p_shows), v_now, usage.next_day(p_app_key, p_api, v_now))
  ON CONFLICT (api) DO UPDATE
  SET code = excluded.code, held_until = NULL, probe_after = excluded.probe_after, probe_call_id = NULL,
      held_at = CASE WHEN h.probe_after IS NULL THEN excluded.held_at ELSE h.held_at END
  -- What a person holds without an end stays so.
  WHERE h.held_until IS NOT NULL OR h.probe_after IS NOT NULL;
END $$;
--> statement-breakpoint
-- True: bytes may leave now. False: it is too late, or somebody has already been told so; don't send. The probe of a
-- held API is spent by it, so that a process that dies can not have it twice.
CREATE OR REPLACE FUNCTION usage.mark_sent(p_call_id bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := usage.ledger_now();
  v_flight usage.in_flight;
BEGIN
  UPDATE usage.in_flight SET sent_at = v_now
  WHERE call_id = p_call_id AND sent_at IS NULL AND v_now <= send_by
  RETURNING * INTO v_flight;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE usage.api_hold h
  SET probe_call_id = p_call_id, probe_after = usage.next_day(v_flight.app_key, v_flight.api, v_now)
  WHERE h.api = v_flight.api AND h.probe_after <= v_now;
  RETURN true;
END $$;
--> statement-breakpoint
-- One decision over everything that may stand against a call, in one transaction: see Locks above.
-- kind: granted (call_id, observed_at, send_after_ms) | cached (answer) | in_flight (retry_after_ms) |
--       denied (denied_by, retry_after_ms or null) | limit_unknown | run_unknown
CREATE OR REPLACE FUNCTION usage.reserve(
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
  v_is_probe boolean;
  v_is_under_way boolean;
  v_budget_left int;
  v_period_ids bigint[] := '{}';
  -- Nearer slots are worth waiting for without asking again; more of them would be lost with a process that dies.
  c_furthest_send CONSTANT interval := '2 seconds';
  -- A call takes 0.75 s (measured by clients): at double, workers would idle; at a tenth, they would only look.
  c_probe_check_ms CONSTANT bigint := 100;
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
    -- One statement, one moment: a probe that ends between two looks would show itself in neither.
    SELECT max(coalesce(h.probe_after, h.held_until, 'infinity')),
           coalesce(bool_and(h.probe_after IS NOT NULL), NOT usage.is_proven(p_app_key, p_api)),
           EXISTS (SELECT FROM usage.in_flight f WHERE f.app_key = p_app_key AND f.api = p_api)
    INTO v_free_at, v_is_probe, v_is_under_way
    FROM usage.api_hold h
    WHERE h.api IN (p_api, '*') AND (h.held_until IS NULL OR h.held_until > v_now);
    -- Whoever may be refused goes alone: the others learn from its answer.
    IF v_is_probe AND v_is_under_way THEN
      denied_by := 'hold'; retry_after_ms := c_probe_check_ms; RETURN;
    END IF;
    IF v_free_at = 'infinity' THEN denied_by := 'hold'; RETURN; END IF;
    IF v_free_at > v_now THEN
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
  INSERT INTO usage.in_flight (call_id, granted_at, app_key, api, request_hash, run_id, quota_period_ids, send_by)
  VALUES (call_id, v_now, p_app_key, p_api, CASE WHEN NOT p_is_exempt THEN p_request_hash END,
    CASE WHEN NOT p_is_exempt THEN p_run_id END, v_period_ids, v_send_by);
  kind := 'granted';
  observed_at := v_now;
  send_after_ms := ceil(extract(epoch FROM v_send_at - v_now) * 1000);
END $$;
--> statement-breakpoint
DROP FUNCTION usage.settle(bigint, text, text, text, int, int, int, bytea, int, bytea);
--> statement-breakpoint
-- Ends a call and stores its answer. Idempotent: the first end stays, save that proof of an answer (committed)
-- also replaces unknown and refunded; a call that was refunded by mistake is then counted again, whatever the
-- limit. What the answer shows of the app's permission is kept in the same transaction, so that no process can
-- die between a refusal and the hold that follows. Gives whether there is such a call, and the id of its stored
-- answer, if any.
CREATE FUNCTION usage.settle(
  p_call_id bigint, p_state text, p_outcome text, p_gateway_code text, p_http_status int, p_latency_ms int,
  p_response_bytes int, p_body bytea, p_body_bytes int, p_body_sha256 bytea, p_shows text DEFAULT NULL,
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

  IF p_shows IS NOT NULL AND NOT v_call.is_exempt THEN
    PERFORM usage.observe(v_call.app_key, v_call.api, p_call_id, v_call.granted_at, p_shows, p_gateway_code);
  END IF;
  -- A probe that was not decided is to be had again; one that may have been refused is spent.
  IF p_state <> 'unknown' THEN
    UPDATE usage.api_hold SET probe_after = v_now, probe_call_id = NULL WHERE probe_call_id = p_call_id;
  END IF;
END $$;
