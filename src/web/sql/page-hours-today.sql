-- Purpose: calls that count of the present day of Shanghai, by hour.
-- Params:  $1 text app key
-- Returns: api, hour (of the day, from 0), calls
SELECT api, extract(hour FROM hour AT TIME ZONE INTERVAL '8 hours')::int AS hour, calls - exempt AS calls
FROM usage.hourly
WHERE app_key = $1::text AND calls > exempt
  AND hour >= date_trunc('day', usage.ledger_now() AT TIME ZONE INTERVAL '8 hours') AT TIME ZONE INTERVAL '8 hours'
ORDER BY api, hour;
