-- Purpose: the period that refuses a call for longest, if any.
-- Params:  p_app_key text; p_api text; p_lane text; p_now timestamptz; p_from, p_to timestamptz: between which the call
--          may arrive
-- Returns: period_kind, free_at: at most one row
--
-- The manual lane may use all of a period; runs may use what usage.run_allowance leaves them.
CREATE OR REPLACE FUNCTION usage.refusing_period(
  p_app_key text, p_api text, p_lane text, p_now timestamptz, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (period_kind text, free_at timestamptz) LANGUAGE sql STABLE AS $$
  SELECT w.period_kind,
         CASE WHEN w.used >= w.call_limit THEN coalesce(w.free_at, w.ends_at)
              WHEN a.spent < a.share AND w.reset = 'calendar'
              THEN greatest(p_now, w.day_ends_at - interval '2 hours' * ((a.share - a.spent - 1) / a.kept))
              WHEN w.period_kind = 'month' THEN w.day_ends_at
              ELSE coalesce(w.free_at, w.ends_at) END
  FROM usage.quota_periods(p_app_key, p_api, p_from, p_to) w
  CROSS JOIN LATERAL usage.run_allowance(
    w.period_kind, w.reset, w.call_limit, w.used, w.used_today, w.day_starts_at, w.day_ends_at, w.ends_at, p_now) a
  WHERE w.used >= w.call_limit OR (p_lane <> 'manual' AND a.spendable = 0)
  ORDER BY 2 DESC
  LIMIT 1
$$;
