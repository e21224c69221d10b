-- Purpose: every period in which a call that arrives between two times may count, with what is used of it.
-- Params:  p_app_key text; p_api text; p_from, p_to timestamptz
-- Returns: a row for each period; free_at: when a full period has room again (null: nothing of it is used); used_today:
--          what the present day (of a rolling month: the present 24 hours of its count) has used of it
CREATE OR REPLACE FUNCTION usage.quota_periods(p_app_key text, p_api text, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (limit_id bigint, api text, period_kind text, reset text, call_limit int, starts_at timestamptz,
               ends_at timestamptz, used int, unknown int, external int, period_ids bigint[], free_at timestamptz,
               used_today int, day_starts_at timestamptz, day_ends_at timestamptz, is_assumed_spent boolean)
LANGUAGE sql STABLE AS $$
  SELECT l.limit_id, l.api, l.period_kind, l.reset, l.call_limit, t.starts_at, t.ends_at,
         u.used, u.unknown, u.external, u.period_ids,
         CASE l.reset WHEN 'calendar' THEN t.ends_at ELSE u.first_ends_at + (p_from - t.counted_from) END,
         u.used_today, d.starts_at, d.ends_at, u.is_assumed_spent
  FROM usage.limits_in_effect(p_app_key, p_api, p_from) l
  CROSS JOIN LATERAL usage.periods_touched(l.period_kind, l.reset, l.zone, p_from, p_to) t
  CROSS JOIN LATERAL (SELECT date_trunc('day', greatest(p_from, t.starts_at) AT TIME ZONE l.zone) AS local_day) n
  CROSS JOIN LATERAL (
    SELECT CASE l.reset WHEN 'calendar' THEN local_day AT TIME ZONE l.zone ELSE t.starts_at END AS starts_at,
           CASE l.reset WHEN 'calendar' THEN (local_day + interval '1 day') AT TIME ZONE l.zone ELSE t.ends_at END AS ends_at
  ) d
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(w.granted - w.refunded + w.external), 0)::int AS used,
           coalesce(sum(w.unknown), 0)::int AS unknown,
           coalesce(sum(w.external), 0)::int AS external,
           coalesce(array_agg(w.period_id), '{}') AS period_ids,
           min(w.ends_at) FILTER (WHERE w.granted - w.refunded + w.external > 0) AS first_ends_at,
           coalesce(sum(CASE WHEN l.reset = 'rolling' THEN (w.starts_at = d.starts_at)::int * (w.granted - w.refunded + w.external)
                             WHEN w.day_starts_at = d.starts_at
                             THEN w.granted - w.refunded + w.external - w.used_before_day ELSE 0 END), 0)::int AS used_today,
           coalesce(bool_or(w.is_assumed_spent), false) AS is_assumed_spent
    FROM usage.quota_period w
    WHERE w.app_key = p_app_key AND w.api = l.api AND w.period_kind = l.period_kind
      AND w.ends_at > t.counted_from AND w.starts_at < t.counted_to
  ) u
  WHERE l.period_kind <> 'second'
$$;
