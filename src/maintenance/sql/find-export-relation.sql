-- Purpose: a table or view that may be exported, by its name, and what else its schema has. Tokens are not exported, nor
--          are partitions: their table has the rows.
-- Params:  $1 text schema; $2 text name; $3 text|null its column of times
-- Returns: one row: name (quoted; null: there is none), timeType (text; null: it has no such column), others (text[])
SELECT max(format('%I.%I', n.nspname, c.relname)) FILTER (WHERE c.relname = $2::text) AS name,
       max(format_type(a.atttypid, NULL)) AS "timeType",
       coalesce(array_agg(c.relname::text ORDER BY c.relname), '{}') AS others
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a
  ON a.attrelid = c.oid AND c.relname = $2::text AND a.attname = $3::text AND NOT a.attisdropped
WHERE n.nspname = $1::text
  AND n.nspname IN ('catalog', 'analytics', 'usage', 'sync')
  AND c.relkind IN ('r', 'p', 'v', 'm')
  AND NOT c.relispartition
  AND (n.nspname, c.relname) <> ('sync', 'token');
