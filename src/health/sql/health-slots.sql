-- Purpose: schedules of which slots were found to be missed within the last day.
-- Params:  none
-- Returns: schedule, missed (slots), newestAt (the newest of them)
SELECT s.name AS schedule, m.missed, m.newest_at AS "newestAt"
FROM (SELECT usage.ledger_now() AS now OFFSET 0) c
CROSS JOIN sync.schedule s
CROSS JOIN LATERAL (
  SELECT count(*)::int AS missed, max(slot_at) AS newest_at
  FROM sync.slot
  -- A week back, for slots missed while no process was running.
  WHERE schedule = s.name AND slot_at > c.now - interval '8 days' AND outcome = 'missed' AND decided_at > c.now - interval '1 day'
) m
WHERE m.missed > 0
ORDER BY s.name;
