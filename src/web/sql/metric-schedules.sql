-- Purpose: what became of the slots of every schedule, and how its newest run began and its newest ended one went, for the
--          metrics.
-- Params:  none
-- Returns: schedule, ran, merged, missed, skipped, startDelayS (from the newest slot that ran to the start of its run; null:
--          none), durationS (of the newest run that ended; null: none)
SELECT s.name AS schedule, n.ran, n.merged, n.missed, n.skipped,
       extract(epoch FROM newest.started_at - newest.slot_at)::float8 AS "startDelayS",
       extract(epoch FROM ended.ended_at - ended.started_at)::float8 AS "durationS"
FROM sync.schedule s
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE outcome = 'ran')::int AS ran,
         count(*) FILTER (WHERE outcome = 'merged')::int AS merged,
         count(*) FILTER (WHERE outcome = 'missed')::int AS missed,
         count(*) FILTER (WHERE outcome = 'skipped')::int AS skipped
  FROM sync.slot
  WHERE schedule = s.name
) n
LEFT JOIN LATERAL (
  SELECT r.started_at, l.slot_at
  FROM sync.slot l JOIN sync.run r USING (run_id)
  WHERE l.schedule = s.name AND l.outcome = 'ran'
  ORDER BY l.slot_at DESC
  LIMIT 1
) newest ON true
LEFT JOIN LATERAL (
  SELECT r.started_at, r.ended_at
  FROM sync.slot l JOIN sync.run r USING (run_id)
  WHERE l.schedule = s.name AND l.outcome = 'ran' AND r.ended_at IS NOT NULL
  ORDER BY l.slot_at DESC
  LIMIT 1
) ended ON true
ORDER BY s.name;
