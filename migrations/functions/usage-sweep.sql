-- Purpose: ends the calls that no process will end.
-- Params:  p_max_call interval: how long a call lasts at most
-- Returns: refunded integer: reserved and not sent in time; unknown integer: sent longer ago than that, and still
--          counted
--
-- If the clock was set back, a hold's next probe becomes due as if one was sent now.
CREATE OR REPLACE FUNCTION usage.sweep(p_max_call interval, OUT refunded int, OUT "unknown" int) LANGUAGE plpgsql AS $$
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

  -- A probe sent now would make the next one due earlier (usage.mark_sent): the clock was set back.
  UPDATE usage.api_hold h SET probe_after = v_now + w.wait
  FROM (SELECT api, coalesce(probe_every, usage.probe_wait(held_at, v_now)) AS wait FROM usage.api_hold) w
  WHERE h.api = w.api AND h.probe_after > v_now + w.wait;

  SELECT count(*) FILTER (WHERE f.sent_at IS NULL), count(f.sent_at) INTO refunded, "unknown"
  FROM unnest(v_flights) f;
END $$;
