-- Purpose: the current time of the ledger, which demos and tests move, and the days in Shanghai up to it. Reads the
--          table, because readers may not call the ledger's functions.
CREATE VIEW analytics.clock AS
SELECT c.now, (c.now AT TIME ZONE INTERVAL '8 hours')::date AS day
-- max() makes Postgres expect one row. For a table that was never analyzed it would expect two thousand.
FROM (SELECT now() + max("offset") AS now FROM usage.ledger_clock) c;

COMMENT ON VIEW analytics.clock IS 'The current time, as one row: WHERE day > (SELECT day - 7 FROM analytics.clock). In sandbox databases it is ahead of real time.';
COMMENT ON COLUMN analytics.clock.now IS 'Current time of the ledger''s clock; constant within a transaction.';
COMMENT ON COLUMN analytics.clock.day IS 'Today in Shanghai.';

-- The days begin in 2025: no catalog is older than this program.
CREATE VIEW analytics.dim_day AS
SELECT d.starts::date AS day,
       date_trunc('week', d.starts)::date AS week,
       date_trunc('month', d.starts)::date AS month,
       extract(isodow FROM d.starts)::int AS weekday,
       d.starts AT TIME ZONE INTERVAL '8 hours' AS starts_at,
       (d.starts + interval '1 day') AT TIME ZONE INTERVAL '8 hours' AS ends_at
FROM analytics.clock c
CROSS JOIN LATERAL generate_series(timestamp '2025-01-01', c.day::timestamp, interval '1 day') d (starts);

COMMENT ON VIEW analytics.dim_day IS 'One day in Shanghai, from 2025 to today. Key: day.';
COMMENT ON COLUMN analytics.dim_day.day IS 'The day.';
COMMENT ON COLUMN analytics.dim_day.week IS 'Monday of its week.';
COMMENT ON COLUMN analytics.dim_day.month IS 'First day of its month.';
COMMENT ON COLUMN analytics.dim_day.weekday IS '1 Monday to 7 Sunday.';
COMMENT ON COLUMN analytics.dim_day.starts_at IS 'Start of the day.';
COMMENT ON COLUMN analytics.dim_day.ends_at IS 'Start of the next day.';
