-- Purpose: ends a call and stores its answer. Idempotent.
-- Params:  p_call_id bigint; p_state text: committed, refunded or unknown; p_outcome, p_gateway_code text;
--          p_http_status, p_latency_ms, p_response_bytes int; p_body bytea: gzipped; p_body_bytes int; p_body_sha256
--          bytea; p_shows text: as in usage.observe
-- Returns: is_known boolean: there is such a call; raw_id bigint: its stored answer, if any
--
-- The first end of a call stays, except that proof of an answer (committed) replaces unknown and refunded. A call that
-- was refunded by mistake is then counted again, whatever the limit. What the answer shows of the app's permission is
-- stored in the same transaction, so that no process can die between a refusal and the hold that follows. Locks: its
-- own call in flight -> its own call -> (only when a count changes) app -> run -> partition (see usage.reserve). A
-- settlement that commits changes no count, because committed calls are the granted ones minus all others. So it waits
-- for nobody. plan_cache_mode: as in usage.reserve.
CREATE OR REPLACE FUNCTION usage.settle(
  p_call_id bigint, p_state text, p_outcome text, p_gateway_code text, p_http_status int, p_latency_ms int,
  p_response_bytes int, p_body bytea, p_body_bytes int, p_body_sha256 bytea, p_shows text DEFAULT NULL,
  OUT is_known boolean, OUT raw_id bigint
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  v_flight usage.in_flight;
  v_call usage.api_call;
  v_now timestamptz;
  v_refunded int;
  v_unknown int;
BEGIN
  DELETE FROM usage.in_flight WHERE call_id = p_call_id RETURNING * INTO v_flight;
  -- The grant time determines the partition.
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

  -- The gateway checks the token before the permission, and both before anything else (measured by clients).
  IF v_flight.token_hash IS NOT NULL AND p_shows IN ('token_refused', 'allowed', 'denied') THEN
    PERFORM usage.observe_token(v_call.app_key, v_flight.token_hash, p_call_id, v_call.granted_at, p_shows = 'token_refused');
  END IF;
  IF p_shows <> 'token_refused' AND NOT v_call.is_exempt THEN
    PERFORM usage.observe(
      v_call.app_key, v_call.api, p_call_id, v_call.granted_at,
      CASE WHEN p_shows = 'allowed' AND p_outcome = 'business_error' AND usage.refuses_all(v_call.app_key, v_call.api, v_now)
        THEN 'all_refused' ELSE p_shows END,
      p_gateway_code);
  END IF;
  -- An undecided probe can be sent again; one that may have been refused is spent.
  IF p_state <> 'unknown' THEN
    UPDATE usage.api_hold SET probe_after = date_trunc('milliseconds', v_now), probe_call_id = NULL WHERE probe_call_id = p_call_id;
  END IF;
END $$;
