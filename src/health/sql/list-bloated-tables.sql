-- Purpose: our tables of which more rows are dead than autovacuum should ever leave, by the statistics of the server.
-- Params:  $1 bigint least dead rows, $2 double precision least dead rows for each live one
-- Returns: tableName, liveRows, deadRows, vacuumedAt (null: never), oldestTransactionAt (of those that are
--          open for an hour or more; null: there is none), the worst first
SELECT s.relid::regclass::text AS "tableName", s.n_live_tup::float8 AS "liveRows", s.n_dead_tup::float8 AS "deadRows",
       greatest(s.last_vacuum, s.last_autovacuum) AS "vacuumedAt",
       open.oldest_transaction_at AS "oldestTransactionAt"
FROM pg_stat_user_tables s
CROSS JOIN (
  SELECT min(xact_start) AS oldest_transaction_at
  FROM pg_stat_activity
  WHERE datname = current_database() AND backend_xmin IS NOT NULL AND xact_start < now() - interval '1 hour'
) open
WHERE s.schemaname IN ('catalog', 'sync', 'usage', 'raw')
  AND s.n_dead_tup >= $1::bigint
  AND s.n_dead_tup > s.n_live_tup * $2::double precision
ORDER BY s.n_dead_tup DESC, "tableName";
