-- Purpose: our useless indexes: those that are not valid, and large ones that were not read since the statistics
--          began, if that is long ago. A unique index is useful without being read.
-- Params:  $1 bigint least bytes of an unread one, $2 integer days; statistics that are younger say nothing
-- Returns: indexName, tableName, bytes, isValid, the largest first
SELECT i.indexrelid::regclass::text AS "indexName", i.indrelid::regclass::text AS "tableName",
       pg_relation_size(i.indexrelid)::float8 AS bytes, i.indisvalid AS "isValid"
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_stat_database d ON d.datname = current_database()
LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.indexrelid
WHERE n.nspname IN ('catalog', 'sync', 'usage', 'raw')
  AND (NOT i.indisvalid
    OR (s.idx_scan = 0 AND NOT i.indisunique AND pg_relation_size(i.indexrelid) >= $1::bigint
      AND coalesce(d.stats_reset <= now() - make_interval(days => $2::integer), true)))
ORDER BY bytes DESC, "indexName";
