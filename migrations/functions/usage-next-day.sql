-- Purpose: the start of 1688's next day for an API, in the time zone of its daily limit.
-- Params:  p_app_key text; p_api text; p_at timestamptz
-- Returns: timestamptz
CREATE OR REPLACE FUNCTION usage.next_day(p_app_key text, p_api text, p_at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT (date_trunc('day', p_at AT TIME ZONE z.zone) + interval '1 day') AT TIME ZONE z.zone
  FROM (SELECT coalesce((SELECT l.zone FROM usage.limits_in_effect(p_app_key, p_api, p_at) l
                         WHERE l.period_kind = 'day' ORDER BY l.api = '*' LIMIT 1), 'Asia/Shanghai') AS zone) z
$$;
