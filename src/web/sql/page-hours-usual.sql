-- Purpose: how many calls the hours of the day have had on average in the last seven days, or since the first call of them.
-- Params:  $1 text app key
-- Returns: api, hour (of the day, from 0), calls (a mean, not whole), days (how many it is taken over)
SELECT h.api, extract(hour FROM h.hour AT TIME ZONE 'Asia/Shanghai')::int AS hour,
       sum(h.calls - h.exempt)::float8 / d.days AS calls, d.days
FROM usage.hourly h
CROSS JOIN (
  SELECT (usage.ledger_now() AT TIME ZONE 'Asia/Shanghai')::date - (min(granted_at) AT TIME ZONE 'Asia/Shanghai')::date AS days
  FROM usage.api_call
  WHERE app_key = $1::text
    AND granted_at >= date_trunc('day', usage.ledger_now() AT TIME ZONE 'Asia/Shanghai' - interval '7 days') AT TIME ZONE 'Asia/Shanghai'
) d
WHERE h.app_key = $1::text AND h.calls > h.exempt AND d.days > 0
  AND h.hour >= date_trunc('day', usage.ledger_now() AT TIME ZONE 'Asia/Shanghai' - interval '7 days') AT TIME ZONE 'Asia/Shanghai'
  AND h.hour < date_trunc('day', usage.ledger_now() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'
GROUP BY 1, 2, d.days
ORDER BY 1, 2;
