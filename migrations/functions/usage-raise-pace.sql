-- Purpose: raises paces that were found and kept without a refusal: by one step, and by twice the last raise each further time.
-- Params:  p_app_key text; p_api text: with it the app; p_now timestamptz
-- Returns: nothing
--
-- Raises only a pace that calls waited for: a pace that nobody used up proves nothing. At the declared pace, nothing
-- more can be found. The caller holds the app's lock.
CREATE OR REPLACE FUNCTION usage.raise_pace(p_app_key text, p_api text, p_now timestamptz) RETURNS void LANGUAGE sql AS $$
  UPDATE usage.pace p
  SET found_per_second = CASE WHEN r.is_declared THEN NULL ELSE r.next END,
      last_change = CASE WHEN r.is_declared THEN NULL ELSE r.raise END,
      calls_since = 0, changed_at = p_now,
      raise_after = CASE WHEN r.is_declared THEN NULL ELSE p_now + interval '15 seconds' END
  FROM (
    SELECT w.api, s.raise, w.found_per_second * (1 + s.raise) AS next,
           coalesce(w.found_per_second * (1 + s.raise) >= usage.declared_pace(p_app_key, w.api, p_now), false) AS is_declared
    FROM usage.pace w
    CROSS JOIN LATERAL (SELECT least(1, coalesce(2 * nullif(greatest(w.last_change, 0), 0), usage.pace_step())) AS raise) s
    WHERE w.app_key = p_app_key AND w.api IN (p_api, '*') AND w.raise_after <= p_now
      -- After a change by one step: 40 calls. At half, refused tries could be 3 % of all calls; at double, a low pace
      -- would be found late. After a larger change the limit may be far away: with 40, a pace of a call in three
      -- seconds would take a quarter of an hour to reach the declared one.
      AND w.calls_since >= CASE WHEN abs(w.last_change) > usage.pace_step() THEN 10 ELSE 40 END
  ) r
  WHERE p.app_key = p_app_key AND p.api = r.api
$$;
