-- Purpose: makes what is used of one present window the number that the provider shows.
-- Params:  p_app_key text; p_api text; p_period_kind text: day or month; p_used int: the provider's number
-- Returns: integer: what is used then; null: there is no such limit
--
-- What we granted ourselves stays counted also when that number is smaller: the provider may count late. The caller
-- holds the app's lock.
CREATE OR REPLACE FUNCTION usage.reconcile(p_app_key text, p_api text, p_period_kind text, p_used int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := usage.ledger_now();
  v_period record;
BEGIN
  SELECT * INTO v_period FROM usage.quota_periods(p_app_key, p_api, v_now, v_now) q
  WHERE q.api = p_api AND q.period_kind = p_period_kind;
  IF NOT FOUND THEN RETURN NULL; END IF;
  UPDATE usage.quota_period SET external = 0, is_assumed_spent = false WHERE period_id = ANY (v_period.period_ids);
  INSERT INTO usage.quota_period AS w
    (app_key, api, period_kind, starts_at, ends_at, call_limit, external, day_starts_at)
  VALUES (p_app_key, p_api, p_period_kind, v_period.starts_at, v_period.ends_at, v_period.call_limit,
    greatest(0, p_used - (v_period.used - v_period.external)), v_period.day_starts_at)
  ON CONFLICT ON CONSTRAINT quota_period_span DO UPDATE SET external = excluded.external;
  RETURN greatest(p_used, v_period.used - v_period.external);
END $$;
