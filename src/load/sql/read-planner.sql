-- Purpose: reads what is known of all offers together. A date of modification is believed until ten looks that it prompted
--          within 90 days have found fewer than three changes for each ten.
-- Params:  none
-- Returns: prior_changes, prior_days, visible_changes, hidden_changes, mean_popularity, floor_days, is_date_trusted
SELECT p.prior_changes, p.prior_days, p.visible_changes, p.hidden_changes, p.mean_popularity, p.floor_days,
       s.observations < 10 OR s.changed >= 0.3 * s.observations AS is_date_trusted
FROM sync.planner p
CROSS JOIN (
  SELECT coalesce(sum(observations), 0) AS observations, coalesce(sum(changed), 0) AS changed
  FROM sync.observation_stat
  WHERE source = 'detail' AND hint = 'modify_date'
    AND date_day > (usage.ledger_now() AT TIME ZONE 'Asia/Shanghai')::date - 90
) s;
