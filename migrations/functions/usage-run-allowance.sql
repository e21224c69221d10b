-- Purpose: what runs may spend of one period now.
-- Params:  p_kind text; p_reset text; p_limit int; p_used int: of the window; p_used_today int: of a month; p_day_starts_at,
--          p_day_ends_at timestamptz: of the present day in it; p_ends_at timestamptz: of the window; p_now timestamptz
-- Returns: one row: spent int: of the share; share: what runs may use at most on this day (null: of a minute, which has
--          none); kept: how much of that is kept for the manual lane at most, and kept_now; spendable int
--
-- The manual lane may use all of a period. A month is spread over its days: each day gets an equal share of what is
-- left, so that calls that one day leaves over go to all following days. A rolling month, whose length touches 32 days,
-- gives each day a 32nd. Of a day, and of a day's share, 5 % are kept for the manual lane; over the day's last two
-- hours they are released to everyone, evenly.
CREATE OR REPLACE FUNCTION usage.run_allowance(
  p_kind text, p_reset text, p_limit int, p_used int, p_used_today int, p_day_starts_at timestamptz,
  p_day_ends_at timestamptz, p_ends_at timestamptz, p_now timestamptz)
RETURNS TABLE (spent int, share float8, kept float8, kept_now float8, spendable int) LANGUAGE sql IMMUTABLE AS $$
  SELECT d.spent, d.share, k.kept, r.kept_now,
         greatest(0, least(p_limit - p_used, d.share - r.kept_now - d.spent))::int
  FROM (
    SELECT CASE p_kind WHEN 'month' THEN p_used_today ELSE p_used END AS spent,
           CASE WHEN p_kind = 'day' THEN p_limit
                WHEN p_kind <> 'month' THEN NULL
                WHEN p_reset = 'rolling' THEN greatest(1, floor(p_limit / 32::float8))
                ELSE ceil((p_limit - (p_used - p_used_today))
                          / greatest(1, round(extract(epoch FROM p_ends_at - p_day_starts_at)::float8 / 86400))) END AS share
  ) d
  CROSS JOIN LATERAL (SELECT floor(d.share * 0.05::float8) AS kept) k
  CROSS JOIN LATERAL (
    SELECT ceil(k.kept * CASE WHEN p_reset = 'calendar'
                              THEN least(1, greatest(0, extract(epoch FROM p_day_ends_at - p_now)::float8 / 7200))
                              WHEN p_kind = 'day' THEN 1 ELSE 0 END) AS kept_now
  ) r
$$;
