-- Purpose: the limits that apply at a time to an API: its own, those of its groups, and those of the app.
-- Params:  p_app_key text; p_api text; p_at timestamptz
-- Returns: rows of usage.quota_limit, one for each api and kind of period: the youngest, if several are in effect
CREATE OR REPLACE FUNCTION usage.limits_in_effect(p_app_key text, p_api text, p_at timestamptz)
RETURNS SETOF usage.quota_limit LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (l.api, l.period_kind) l.*
  FROM usage.quota_limit l
  WHERE l.app_key = p_app_key
    AND (l.api IN (p_api, '*')
      OR l.api IN (SELECT g.name FROM usage.api_group g WHERE g.app_key = p_app_key AND g.api = p_api))
    AND l.valid_from <= p_at AND (l.valid_to IS NULL OR l.valid_to > p_at)
  ORDER BY l.api, l.period_kind, l.valid_from DESC, l.limit_id DESC
$$;
