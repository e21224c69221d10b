-- Purpose: the window that refuses a call for longest, if any.
-- Params:  p_app_key text; p_api text; p_lane text; p_now timestamptz; p_from, p_to timestamptz: between which the call
--          may arrive
-- Returns: period_kind, free_at: at most one row
--
-- The manual lane may use all of a window. A month is spread: each day has an equal share of what is left of it, so
-- that what one day leaves over goes to all that follow; of a rolling month, whose length touches 32 of its days, a
-- 32nd. Of a day, and of a day's share, 5 % are kept for the manual lane; over the day's last two hours they are
-- released to everyone, evenly.
CREATE OR REPLACE FUNCTION usage.refusing_period(
  p_app_key text, p_api text, p_lane text, p_now timestamptz, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (period_kind text, free_at timestamptz) LANGUAGE sql STABLE AS $$
  SELECT w.period_kind,
         CASE WHEN w.used >= w.call_limit THEN coalesce(w.free_at, w.ends_at)
              WHEN d.spent < d.share AND w.reset = 'calendar'
              THEN greatest(p_now, d.ends_at - interval '2 hours' * ((d.share - d.spent - 1) / k.kept))
              WHEN w.period_kind = 'month' THEN w.day_ends_at
              ELSE coalesce(w.free_at, w.ends_at) END
  FROM usage.quota_periods(p_app_key, p_api, p_from, p_to) w
  CROSS JOIN LATERAL (
    SELECT CASE w.period_kind WHEN 'month' THEN w.used_today ELSE w.used END AS spent,
           CASE w.period_kind WHEN 'month' THEN w.day_ends_at ELSE w.ends_at END AS ends_at,
           CASE WHEN p_lane = 'manual' THEN NULL
                WHEN w.period_kind = 'day' THEN w.call_limit
                WHEN w.period_kind <> 'month' THEN NULL
                WHEN w.reset = 'rolling' THEN greatest(1, floor(w.call_limit / 32::float8))
                ELSE ceil((w.call_limit - (w.used - w.used_today))
                          / greatest(1, round(extract(epoch FROM w.ends_at - w.day_starts_at)::float8 / 86400))) END AS share
  ) d
  CROSS JOIN LATERAL (SELECT floor(d.share * 0.05::float8) AS kept) k
  CROSS JOIN LATERAL (
    SELECT ceil(k.kept * CASE WHEN w.reset = 'calendar' THEN least(1, greatest(0, extract(epoch FROM d.ends_at - p_now) / 7200))
                              WHEN w.period_kind = 'day' THEN 1 ELSE 0 END) AS now_kept
  ) r
  WHERE w.used >= w.call_limit OR d.spent >= d.share - r.now_kept
  ORDER BY 2 DESC
  LIMIT 1
$$;
