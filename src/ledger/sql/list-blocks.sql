-- Purpose: the APIs that are held, and those that a lane may not call now. A held API may be called when its probe is
--          due.
-- Params:  $1 text app key; $2 text[] APIs; $3 text[] their lanes, in the same order
-- Returns: api; isHeld; reason (the code of a hold, 'quota' when a day's or month's window is spent, null: it may
--          be asked)
SELECT a.api, h.code IS NOT NULL AS "isHeld",
       -- Calls were too fast for hours: a limit that only 1688 knows is used up.
       CASE WHEN h.code LIKE 'gw.Qos%' AND NOT h.is_probe_due THEN 'quota'
            WHEN h.code IS NOT NULL AND NOT h.is_probe_due THEN h.code
            WHEN w.period_kind IS NOT NULL THEN 'quota' END AS reason
FROM unnest($2::text[], $3::text[]) AS a (api, lane)
CROSS JOIN usage.ledger_now() now
LEFT JOIN LATERAL (
  SELECT code, coalesce(probe_after <= now, false) AS is_probe_due FROM usage.api_hold
  WHERE api IN (a.api, '*') AND (held_until IS NULL OR held_until > now + interval '5 minutes')
  ORDER BY is_probe_due
  LIMIT 1
) h ON true
LEFT JOIN LATERAL usage.refusing_period($1::text, a.api, a.lane, now, now, now + interval '1 minute') w
  ON w.period_kind IN ('day', 'month')
WHERE h.code IS NOT NULL OR w.period_kind IS NOT NULL;
