-- Purpose: books calls that others made with the same key, in the present day and month of an API, of its groups and of
--          the app.
-- Params:  p_app_key text; p_api text; p_calls int
-- Returns: nothing
--
-- A month counts them on the present day, like a grant (usage.take). The caller holds the app's lock.
CREATE OR REPLACE FUNCTION usage.record_external(p_app_key text, p_api text, p_calls int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO usage.quota_period AS w (app_key, api, period_kind, starts_at, ends_at, call_limit, external, day_starts_at)
  SELECT p_app_key, q.api, q.period_kind, q.starts_at, q.ends_at, q.call_limit, p_calls, q.day_starts_at
  FROM usage.ledger_now() now CROSS JOIN LATERAL usage.quota_periods(p_app_key, p_api, now, now) q
  WHERE q.period_kind IN ('day', 'month')
  ON CONFLICT ON CONSTRAINT quota_period_span
    DO UPDATE SET external = w.external + excluded.external, day_starts_at = excluded.day_starts_at,
      used_before_day = CASE WHEN w.day_starts_at = excluded.day_starts_at THEN w.used_before_day
                             ELSE w.granted - w.refunded + w.external END
$$;
