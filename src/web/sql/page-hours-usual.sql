-- Purpose: how many calls the hours of the day have had on average in the last seven days, or since the first call of them.
-- Params:  $1 text app key
-- Returns: api, hour (of the day, from 0), calls (a mean, not whole), days (how many it is taken over)
SELECT h.api, extract(hour FROM h.hour AT TIME ZONE INTERVAL '8 hours')::int AS hour,
       sum(h.calls - h.exempt)::float8 / d.days AS calls, d.days
FROM usage.hourly h
CROSS JOIN (
  SELECT (usage.ledger_now() AT TIME ZONE INTERVAL '8 hours')::date - (min(granted_at) AT TIME ZONE INTERVAL '8 hours')::date AS days
  FROM usage.api_call
  WHERE app_key = $1::text
    AND granted_at >= date_trunc('day', usage.ledger_now() AT TIME ZONE INTERVAL '8 hours' - interval '7 days') AT TIME ZONE INTERVAL '8 hours'
) d
WHERE h.app_key = $1::text AND h.calls > h.exempt AND d.days > 0
  AND h.hour >= date_trunc('day', usage.ledger_now() AT TIME ZONE INTERVAL '8 hours' - interval '7 days') AT TIME ZONE INTERVAL '8 hours'
  AND h.hour < date_trunc('day', usage.ledger_now() AT TIME ZONE INTERVAL '8 hours') AT TIME ZONE INTERVAL '8 hours'
GROUP BY 1, 2, d.days
ORDER BY 1, 2;
