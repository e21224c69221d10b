-- Purpose: updates the notifications to the present health issues: new issues begin, those not there any more end, and what
--          ended more than 30 days ago is forgotten.
--          Of several with one key, one that needs a person counts.
-- Params:  $1 jsonb array of issues: key, kind, severity, summary, remedy, path, id, origin, since, healsItself, healsAt, runId,
--          code; $2 text[] severities that a receiver takes: others are not begun, but continue
-- Returns: nothing
WITH seen AS (
  SELECT DISTINCT ON (s.key) s.*
  FROM jsonb_to_recordset($1::jsonb) AS s (
    key text, kind text, severity text, summary text, remedy text, path text, id text, origin text, since timestamptz,
    "healsItself" boolean, "healsAt" timestamptz, "runId" bigint, code text
  )
  -- 'act' is before 'warn'.
  ORDER BY s.key, s.severity
),
clock AS (
  SELECT usage.ledger_now() AS now OFFSET 0
),
ended AS (
  UPDATE sync.notification n SET ended_at = clock.now
  FROM clock
  WHERE n.ended_at IS NULL AND NOT EXISTS (SELECT FROM seen WHERE seen.key = n.issue)
),
forgotten AS (
  DELETE FROM sync.notification n
  USING clock
  WHERE n.ended_at < clock.now - interval '30 days' AND NOT EXISTS (SELECT FROM seen WHERE seen.key = n.issue)
)
INSERT INTO sync.notification AS n (issue, kind, severity, summary, remedy, path, began_at, last_seen_at, issue_id, origin, since,
                                    heals_itself, heals_at, run_id, code)
SELECT seen.key, seen.kind, seen.severity, seen.summary, seen.remedy, seen.path, clock.now, clock.now, seen.id, seen.origin,
       seen.since, seen."healsItself", seen."healsAt", seen."runId", seen.code
FROM seen CROSS JOIN clock
WHERE seen.severity = ANY ($2::text[]) OR EXISTS (SELECT FROM sync.notification n WHERE n.issue = seen.key)
ON CONFLICT (issue) DO UPDATE
SET kind = excluded.kind, severity = excluded.severity, summary = excluded.summary, remedy = excluded.remedy,
    path = excluded.path, issue_id = excluded.issue_id, origin = excluded.origin, since = excluded.since,
    heals_itself = excluded.heals_itself, heals_at = excluded.heals_at, run_id = excluded.run_id, code = excluded.code, last_seen_at = excluded.last_seen_at, ended_at = NULL,
    began_at = CASE WHEN n.ended_at IS NULL THEN n.began_at ELSE excluded.began_at END;
