-- Purpose: reads what is known of all offers together. Modification dates count as hints, unless the observations that
--          they prompted within 90 days found fewer than three changes in ten, by more than two standard errors.
--          Without that margin, bad luck could make all dates of a catalog worthless for 90 days, because they would
--          then prompt nothing. Of the changes that rows hinted at, those shown only by a date are counted by the
--          details that this prompted, from a first guess of one in four.
-- Params:  none
-- Returns: one row: priorChanges, priorDays, visibleChanges, hiddenChanges, meanPopularity, floorDays, recentFound,
--          recentEmpty, siblingsExpected, siblingsChanged, isDateTrusted, dateShare
SELECT p.prior_changes AS "priorChanges", p.prior_days AS "priorDays", p.visible_changes AS "visibleChanges",
       p.hidden_changes AS "hiddenChanges", p.mean_popularity AS "meanPopularity", p.floor_days AS "floorDays",
       p.recent_found AS "recentFound", p.recent_empty AS "recentEmpty",
       p.siblings_expected AS "siblingsExpected", p.siblings_changed AS "siblingsChanged",
       s.is_date_trusted AS "isDateTrusted",
       CASE WHEN s.is_date_trusted THEN (1.0 + s.changed) / (4 + s.changed + s.row_changed) ELSE 0 END::float8 AS "dateShare"
FROM sync.planner p
CROSS JOIN (
  SELECT t.changed, t.row_changed, t.changed + 2 * sqrt(0.3 * 0.7 * t.observations) >= 0.3 * t.observations AS is_date_trusted
  FROM (
    SELECT coalesce(sum(observations) FILTER (WHERE hint = 'modify_date'), 0) AS observations,
           coalesce(sum(changed) FILTER (WHERE hint = 'modify_date'), 0) AS changed,
           coalesce(sum(changed) FILTER (WHERE hint = 'row'), 0) AS row_changed
    FROM sync.observation_stat
    WHERE source = 'detail' AND hint IN ('modify_date', 'row')
      AND date_day > (usage.ledger_now() AT TIME ZONE INTERVAL '8 hours')::date - 90
  ) t
) s;
