-- Purpose: counts all present periods as used up if the database is not the one in which the calls were counted,
--          because counted calls may be missing.
-- Params:  none
-- Returns: nothing
--
-- Other transactions wait at the row of usage.ledger_epoch. Takes that row after the app's lock, and before a run's
-- row.
CREATE OR REPLACE FUNCTION usage.check_epoch() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_before text := (SELECT e.epoch FROM usage.ledger_epoch e);
  v_epoch text := usage.current_epoch();
  v_now timestamptz;
BEGIN
  IF v_before = v_epoch THEN RETURN; END IF;
  SELECT e.epoch INTO v_before FROM usage.ledger_epoch e FOR UPDATE;
  IF v_before = v_epoch THEN RETURN; END IF;
  v_now := usage.ledger_now();
  UPDATE usage.ledger_epoch SET epoch = v_epoch, changed_at = CASE WHEN v_before IS NOT NULL THEN v_now END;
  IF v_before IS NULL THEN RETURN; END IF;
  INSERT INTO usage.quota_period AS w
    (app_key, api, period_kind, starts_at, ends_at, call_limit, external, day_starts_at, is_assumed_spent)
  SELECT k.app_key, q.api, q.period_kind, q.starts_at, q.ends_at, q.call_limit, q.call_limit - q.used,
         q.day_starts_at, true
  FROM (SELECT DISTINCT l.app_key, l.api FROM usage.quota_limit l) k
  CROSS JOIN LATERAL usage.quota_periods(k.app_key, k.api, v_now, v_now) q
  WHERE q.api = k.api AND q.used < q.call_limit
  ON CONFLICT ON CONSTRAINT quota_period_span
    DO UPDATE SET external = w.external + excluded.external, is_assumed_spent = true;
END $$;
