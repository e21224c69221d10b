-- Purpose: the ledger's now, which demos and tests move, and the days of Shanghai up to it. By subquery, for readers may
--          not ask the ledger themselves.
CREATE VIEW analytics.clock AS
SELECT c.now, (c.now AT TIME ZONE INTERVAL '8 hours')::date AS day
-- By max, for Postgres then expects one row. It takes a table that was never analyzed for two thousand.
FROM (SELECT now() + max("offset") AS now FROM usage.ledger_clock) c;

COMMENT ON VIEW analytics.clock IS 'The present, as one row: WHERE day > (SELECT day - 7 FROM analytics.clock). Ahead of the real one in sandbox databases.';
COMMENT ON COLUMN analytics.clock.now IS 'Now, by the ledger''s clock; the same throughout a transaction.';
COMMENT ON COLUMN analytics.clock.day IS 'Today in Shanghai.';

-- No catalog is older than this program.
CREATE VIEW analytics.dim_day AS
SELECT d.starts::date AS day,
       date_trunc('week', d.starts)::date AS week,
       date_trunc('month', d.starts)::date AS month,
       extract(isodow FROM d.starts)::int AS weekday,
       d.starts AT TIME ZONE INTERVAL '8 hours' AS starts_at,
       (d.starts + interval '1 day') AT TIME ZONE INTERVAL '8 hours' AS ends_at
FROM analytics.clock c
CROSS JOIN LATERAL generate_series(timestamp '2025-01-01', c.day::timestamp, interval '1 day') d (starts);

COMMENT ON VIEW analytics.dim_day IS 'One day of Shanghai, from 2025 to today. Key: day.';
COMMENT ON COLUMN analytics.dim_day.day IS 'The day.';
COMMENT ON COLUMN analytics.dim_day.week IS 'Monday of its week.';
COMMENT ON COLUMN analytics.dim_day.month IS 'First day of its month.';
COMMENT ON COLUMN analytics.dim_day.weekday IS '1 Monday to 7 Sunday.';
COMMENT ON COLUMN analytics.dim_day.starts_at IS 'When it begins.';
COMMENT ON COLUMN analytics.dim_day.ends_at IS 'When the next one begins.';
