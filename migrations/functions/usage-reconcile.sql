-- Purpose: sets the use of one present period to the number that 1688 shows.
-- Params:  p_app_key text; p_api text; p_period_kind text: day or month; p_used int: the provider's number
-- Returns: integer: what is used then; null: there is no such limit
--
-- Our own grants stay counted even if 1688's number is smaller: 1688 may count late. For a calendar month, the present
-- day has used what the day's own limit counts. All other calls count for earlier days; otherwise a number for the
-- month would use up the share of the day. Without a daily limit, the calls of others count for earlier days. The
-- caller holds the app's lock.
CREATE OR REPLACE FUNCTION usage.reconcile(p_app_key text, p_api text, p_period_kind text, p_used int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := usage.ledger_now();
  v_period record;
  v_used_today int;
BEGIN
  SELECT * INTO v_period FROM usage.quota_periods(p_app_key, p_api, v_now, v_now) q
  WHERE q.api = p_api AND q.period_kind = p_period_kind;
  IF NOT FOUND THEN RETURN NULL; END IF;
  v_used_today := coalesce(
    (SELECT q.used FROM usage.quota_periods(p_app_key, p_api, v_now, v_now) q
     WHERE q.api = p_api AND q.period_kind = 'day' AND q.reset = 'calendar' AND q.starts_at = v_period.day_starts_at),
    greatest(0, v_period.used_today - v_period.external));
  UPDATE usage.quota_period SET external = 0, is_assumed_spent = false WHERE period_id = ANY (v_period.period_ids);
  INSERT INTO usage.quota_period AS w
    (app_key, api, period_kind, starts_at, ends_at, call_limit, external, day_starts_at, used_before_day)
  SELECT p_app_key, p_api, p_period_kind, v_period.starts_at, v_period.ends_at, v_period.call_limit, n.external,
    v_period.day_starts_at, CASE p_period_kind WHEN 'month' THEN greatest(0, n.external - v_used_today) ELSE 0 END
  FROM (SELECT greatest(0, p_used - (v_period.used - v_period.external)) AS external) n
  ON CONFLICT ON CONSTRAINT quota_period_span
    DO UPDATE SET external = excluded.external, day_starts_at = excluded.day_starts_at,
      used_before_day = CASE p_period_kind WHEN 'month'
        THEN greatest(0, w.granted - w.refunded + excluded.external - v_used_today)
        ELSE w.used_before_day END;
  RETURN greatest(p_used, v_period.used - v_period.external);
END $$;
