-- Purpose: the months (UTC) of which a table has partitions.
-- Params:  $1 text table, like 'catalog.observation'
-- Returns: "column" by which it is partitioned, month like '2026-11', the oldest first; nothing for a table that is not partitioned by time
SELECT a.attname AS "column", replace(substring(c.relname FROM '_(\d{4}_\d{2})$'), '_', '-') AS month
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid
JOIN pg_partitioned_table p ON p.partrelid = i.inhparent
JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
WHERE i.inhparent = $1::regclass AND p.partstrat = 'r'
ORDER BY month;
