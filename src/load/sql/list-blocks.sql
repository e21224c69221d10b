-- Purpose: the APIs of which nothing may be asked in a lane for now, and why.
-- Params:  $1 text app key; $2 text[] APIs; $3 text[] their lanes, in the same order
-- Returns: api, reason (the code of a hold, or 'quota' when a day's or month's window is spent)
SELECT a.api, coalesce(h.code, 'quota') AS reason
FROM unnest($2::text[], $3::text[]) AS a (api, lane)
CROSS JOIN usage.ledger_now() now
LEFT JOIN LATERAL (
  SELECT code FROM usage.api_hold
  WHERE api IN (a.api, '*') AND (held_until IS NULL OR held_until > now + interval '5 minutes')
  LIMIT 1
) h ON true
LEFT JOIN LATERAL usage.refusing_window($1::text, a.api, a.lane, now, now, now + interval '1 minute') w
  ON w.window_kind IN ('day', 'month')
WHERE h.code IS NOT NULL OR w.window_kind IS NOT NULL;
