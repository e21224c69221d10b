-- Purpose: counts one call in every period in which it may arrive. The caller holds the app's lock.
-- Params:  p_app_key text; p_api text; p_from, p_to timestamptz: between which it may arrive
-- Returns: bigint[]: ids of the periods
CREATE OR REPLACE FUNCTION usage.take(p_app_key text, p_api text, p_from timestamptz, p_to timestamptz)
RETURNS bigint[] LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_period_ids bigint[];
BEGIN
  WITH taken AS (
    INSERT INTO usage.quota_period AS w
      (app_key, api, period_kind, starts_at, ends_at, call_limit, granted, day_starts_at)
    SELECT p_app_key, q.api, q.period_kind, q.starts_at, q.ends_at, q.call_limit, 1, q.day_starts_at
    FROM usage.quota_periods(p_app_key, p_api, p_from, p_to) q
    ON CONFLICT ON CONSTRAINT quota_period_span
      DO UPDATE SET granted = w.granted + 1, call_limit = excluded.call_limit, day_starts_at = excluded.day_starts_at,
        used_before_day = CASE WHEN w.day_starts_at = excluded.day_starts_at THEN w.used_before_day
                               ELSE w.granted - w.refunded + w.external END
    RETURNING w.period_id
  )
  SELECT coalesce(array_agg(period_id ORDER BY period_id), '{}') INTO v_period_ids FROM taken;
  RETURN v_period_ids;
END $$;
