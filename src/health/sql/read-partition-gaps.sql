-- Purpose: tables that are partitioned by month and have no partition for the month that holds a time.
-- Params:  $1 timestamptz the time
-- Returns: tableName
SELECT p.partrelid::regclass::text AS "tableName"
FROM pg_partitioned_table p
JOIN pg_class c ON c.oid = p.partrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('catalog', 'usage', 'raw', 'sync')
  AND p.partstrat = 'r'
  AND NOT EXISTS (
    SELECT
    FROM pg_inherits i
    JOIN pg_class part ON part.oid = i.inhrelid
    CROSS JOIN LATERAL regexp_match(
      pg_get_expr(part.relpartbound, part.oid), $$FROM \('([^']+)'\) TO \('([^']+)'\)$$) AS bound
    WHERE i.inhparent = p.partrelid
      AND $1::timestamptz >= bound[1]::timestamptz AND $1::timestamptz < bound[2]::timestamptz
  )
ORDER BY 1;
