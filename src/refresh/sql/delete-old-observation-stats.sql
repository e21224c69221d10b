-- Purpose: deletes the statistics of how well old observations were predicted.
-- Params:  $1 timestamptz those of days of Shanghai that ended before; $2 int most rows
-- Returns: nothing; the row count is how many it deleted
DELETE FROM sync.observation_stat
WHERE (date_day, source, hint, decile) IN (
  SELECT date_day, source, hint, decile
  FROM sync.observation_stat
  WHERE date_day < ($1::timestamptz AT TIME ZONE INTERVAL '8 hours')::date
  LIMIT $2::int
);
