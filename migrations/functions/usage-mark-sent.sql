-- Purpose: records that a call is sent now. A call of a held API becomes its probe.
-- Params:  p_call_id bigint
-- Returns: boolean; false: it must not be sent any more, or was sent already
--
-- A pause that began after the grant cancels the call, and so does a refusal of its token: the call is refunded, and
-- does not add to the refusals. A pause that starts in the future dates from before the clock was set back, and is
-- over.
CREATE OR REPLACE FUNCTION usage.mark_sent(p_call_id bigint) RETURNS boolean LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_now timestamptz := usage.ledger_now();
  v_flight usage.in_flight;
BEGIN
  IF EXISTS (SELECT FROM usage.in_flight f JOIN usage.backoff b ON b.app_key = f.app_key AND b.api IN (f.api, '*')
             WHERE f.call_id = p_call_id AND f.sent_at IS NULL AND f.request_hash IS NOT NULL
               AND b.started_at > f.granted_at AND b.started_at <= v_now AND b.started_at + b.pause > v_now)
    OR EXISTS (SELECT FROM usage.in_flight f
               JOIN usage.access_token t ON t.app_key = f.app_key AND t.token_hash = f.token_hash
               WHERE f.call_id = p_call_id AND f.sent_at IS NULL AND t.is_refused AND t.observed_at > f.granted_at) THEN
    PERFORM usage.settle(p_call_id, 'refunded', 'not_sent', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    RETURN false;
  END IF;
  UPDATE usage.in_flight SET sent_at = v_now
  WHERE call_id = p_call_id AND sent_at IS NULL AND v_now <= send_by
  RETURNING * INTO v_flight;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE usage.api_hold h
  SET probe_call_id = p_call_id,
      probe_after = v_now + coalesce(h.probe_every, usage.probe_wait(h.held_at, v_now))
  WHERE h.api IN (v_flight.api, '*') AND h.probe_after <= v_now;
  RETURN true;
END $$;
