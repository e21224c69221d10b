-- Purpose: the pace that limits per second allow an API, or with * the app. A pace that was found for the app also
--          applies to its APIs.
-- Params:  p_app_key text; p_api text; p_at timestamptz
-- Returns: double precision: calls a second; null: there is no such limit
CREATE OR REPLACE FUNCTION usage.declared_pace(p_app_key text, p_api text, p_at timestamptz) RETURNS float8
LANGUAGE sql STABLE AS $$
  SELECT min(s.per_second)
  FROM (
    SELECT l.call_limit / usage.pace_slack() AS per_second
    FROM usage.limits_in_effect(p_app_key, p_api, p_at) l WHERE l.period_kind = 'second'
    UNION ALL
    SELECT p.found_per_second FROM usage.pace p WHERE p.app_key = p_app_key AND p.api = '*' AND p_api <> '*'
  ) s
$$;
